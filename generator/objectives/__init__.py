"""What is promised to users, and what follows from it: records, alerts, examples, a dashboard."""

from generator.objectives.indicators import availability, freshness, latency, ratio
from generator.objectives.objective import GOOGLE, BurnRate, Objective

__all__ = ["GOOGLE", "BurnRate", "Objective", "availability", "freshness", "latency", "ratio"]
