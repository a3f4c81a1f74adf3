"""Elasticsearch, in the manner of published dashboards."""

from dashboards._words import page, panel, variable

cluster = variable("cluster", "elasticsearch_cluster_health_status")

dashboard = page(
    "Elasticsearch",
    [cluster],
    {
        "Cluster": [
            panel(
                "Health",
                "short",
                'topk(1, elasticsearch_cluster_health_status{cluster=~"$cluster"} == 1)',
                legend="{{color}}",
                kind="stat",
            ),
            panel(
                "Heap used",
                "percentunit",
                'elasticsearch_jvm_memory_used_bytes{area="heap", cluster=~"$cluster"} / elasticsearch_jvm_memory_max_bytes{area="heap", cluster=~"$cluster"}',
                legend="{{node}}",
            ),
            panel(
                "Indexing",
                "ops",
                'sum by (cluster) (rate(elasticsearch_indices_indexing_index_total{cluster=~"$cluster"}[$__rate_interval]))',
                legend="{{cluster}}",
            ),
            panel(
                "Disk free",
                "bytes",
                'min by (node) (elasticsearch_filesystem_data_available_bytes{cluster=~"$cluster"})',
                legend="{{node}}",
            ),
        ],
    },
)
