"""Kafka, in the manner of published dashboards."""

from dashboards._words import page, panel, variable

topic = variable("topic", "kafka_topic_messages_in_total")

dashboard = page(
    "Kafka",
    [topic],
    {
        "Topics": [
            panel(
                "Messages in",
                "ops",
                'sum by (topic) (rate(kafka_topic_messages_in_total{topic=~"$topic"}[$__rate_interval]))',
                legend="{{topic}}",
            ),
            panel(
                "Lag by consumer group",
                "short",
                'sum by (consumergroup, topic) (kafka_consumergroup_lag{topic=~"$topic"})',
                legend="{{consumergroup}} ({{topic}})",
            ),
            panel(
                "Under-replicated partitions",
                "short",
                "sum(kafka_topic_partition_under_replicated)",
                kind="stat",
            ),
        ],
    },
)
