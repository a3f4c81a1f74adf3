"""RabbitMQ, in the manner of published dashboards."""

from dashboards._words import page, panel, variable

queue = variable("queue", "rabbitmq_queue_messages_ready")

dashboard = page(
    "RabbitMQ",
    [queue],
    {
        "Queues": [
            panel(
                "Ready messages",
                "short",
                'sum by (queue) (rabbitmq_queue_messages_ready{queue=~"$queue"})',
                legend="{{queue}}",
            ),
            panel(
                "Published",
                "ops",
                'sum by (queue) (rate(rabbitmq_queue_messages_published_total{queue=~"$queue"}[$__rate_interval]))',
                legend="{{queue}}",
            ),
            panel(
                "Consumers",
                "short",
                'sum by (queue) (rabbitmq_queue_consumers{queue=~"$queue"})',
                legend="{{queue}}",
            ),
            panel(
                "RabbitMQ memory",
                "bytes",
                "rabbitmq_process_resident_memory_bytes",
                legend="{{instance}}",
            ),
        ],
    },
)
