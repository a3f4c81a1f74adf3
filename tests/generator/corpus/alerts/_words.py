"""How the corpus writes a rule: in one line, without the examples that published rules lack."""

from generator.rules import Alert, Severity, record


def alert(expr: str, for_: str, severity: Severity, summary: str) -> Alert:
    """Return an alert as published ones are: an expression, how long, how bad, a sentence."""
    return Alert(
        expr=expr, for_=for_, severity=severity, summary=summary, description="It needs eyes."
    )


def recorded(name: str, expr: str, *labels: str) -> object:
    """Return a recording rule, with the labels that it says it carries."""
    return record(name, f"{name}.", expr, labels=labels)
