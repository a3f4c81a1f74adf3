"""Databases and caches: rules in the manner of collections for their exporters."""

from alerts._words import alert, recorded

pg_hits = recorded(
    "datname:pg_cache_hits:ratio_rate5m",
    "sum by (datname) (rate(pg_stat_database_blks_hit_total[5m])) / (sum by (datname) "
    "(rate(pg_stat_database_blks_hit_total[5m])) + sum by (datname) (rate(pg_stat_database_blks_read_total[5m])))",
    "datname",
)
pg_tps = recorded(
    "datname:pg_transactions:rate5m",
    "sum by (datname) (rate(pg_stat_database_xact_commit_total[5m]) + rate(pg_stat_database_xact_rollback_total[5m]))",
    "datname",
)

PostgresqlDown = alert("pg_up == 0", "0s", "critical", "{{ $labels.instance }} is down")
PostgresqlTooManyConnections = alert(
    "sum by (instance, job) (pg_stat_activity_count) "
    "> min by (instance, job) (pg_settings_max_connections * 0.8)",
    "2m",
    "warning",
    "{{ $labels.instance }}",
)
PostgresqlDeadlocks = alert(
    'increase(pg_stat_database_deadlocks_total{datname!~"template.*"}[1m]) > 5',
    "0s",
    "warning",
    "{{ $labels.datname }}",
)
PostgresqlHighRollbackRate = alert(
    """
    sum by (namespace, datname) (rate(pg_stat_database_xact_rollback_total[3m]))
      / (sum by (namespace, datname) (rate(pg_stat_database_xact_rollback_total[3m]))
        + sum by (namespace, datname) (rate(pg_stat_database_xact_commit_total[3m]))) > 0.02
    """,
    "0s",
    "warning",
    "{{ $labels.datname }}",
)
PostgresqlReplicationLag = alert(
    "pg_replication_lag_seconds > 30", "2m", "warning", "{{ $value }}s"
)
PostgresqlCacheHitsLow = alert("datname:pg_cache_hits:ratio_rate5m < 0.98", "5m", "warning", "Low")
PostgresqlLongTransaction = alert(
    'max by (instance, datname) (pg_stat_activity_max_tx_duration_seconds{state="active"}) > 300',
    "2m",
    "warning",
    "{{ $labels.datname }} of {{ $labels.instance }}",
)
PostgresqlCommitsLow = alert(
    "rate(pg_stat_database_xact_commit_total[1m]) < 10", "2m", "critical", "{{ $labels.datname }}"
)
MysqlDown = alert("mysql_up == 0", "0s", "critical", "{{ $labels.instance }}")
MysqlTooManyConnections = alert(
    "max_over_time(mysql_global_status_threads_connected[1m]) "
    "/ mysql_global_variables_max_connections * 100 > 80",
    "2m",
    "warning",
    "{{ $value }}%",
)
MysqlReplicaStopped = alert(
    "mysql_slave_status_slave_sql_running == 0", "0s", "critical", "{{ $labels.master_host }}"
)
MysqlReplicaLag = alert(
    "mysql_slave_status_seconds_behind_master > 30", "1m", "critical", "{{ $value }}"
)
MysqlSlowQueries = alert(
    "increase(mysql_global_status_slow_queries_total[1m]) > 0", "2m", "warning", "{{ $value }}"
)
MysqlRestarted = alert("mysql_global_status_uptime_seconds < 60", "0s", "info", "Restarted")
MysqlLockWaits = alert(
    "rate(mysql_global_status_innodb_row_lock_waits_total[5m]) > 10",
    "5m",
    "warning",
    "{{ $value }}",
)
RedisDown = alert("redis_up == 0", "0s", "critical", "{{ $labels.instance }}")
RedisMissingMaster = alert(
    '(count(redis_instance_info_role{role="master"}) or vector(0)) < 1', "0s", "critical", "None"
)
RedisTooManyMasters = alert(
    'count(redis_instance_info_role{role="master"}) > 1', "0s", "critical", "{{ $value }} masters"
)
RedisReplicasLost = alert(
    "delta(redis_connected_slaves[1m]) < 0", "0s", "critical", "{{ $labels.instance }}"
)
RedisMissingBackup = alert(
    "time() - redis_rdb_last_save_timestamp_seconds > 60 * 60 * 24",
    "0s",
    "critical",
    "{{ $value }}",
)
RedisOutOfMemory = alert(
    "redis_memory_used_bytes / redis_memory_max_bytes * 100 > 90", "2m", "warning", "{{ $value }}%"
)
RedisRejectsConnections = alert(
    "increase(redis_rejected_connections_total[1m]) > 0", "0s", "critical", "{{ $value }}"
)
RedisTooManyClients = alert("redis_connected_clients > 5000", "2m", "warning", "{{ $value }}")
RedisHitRatioLow = alert(
    "rate(redis_keyspace_hits_total[5m]) / "
    "(rate(redis_keyspace_hits_total[5m]) + rate(redis_keyspace_misses_total[5m])) < 0.8",
    "15m",
    "warning",
    "{{ $value }}",
)
RedisEvicts = alert("rate(redis_evicted_keys_total[5m]) > 100", "5m", "warning", "{{ $value }}")
ElasticsearchRed = alert(
    'elasticsearch_cluster_health_status{color="red"} == 1',
    "0s",
    "critical",
    "{{ $labels.cluster }}",
)
ElasticsearchYellow = alert(
    'elasticsearch_cluster_health_status{color="yellow"} == 1',
    "10m",
    "warning",
    "{{ $labels.cluster }}",
)
ElasticsearchDiskLow = alert(
    "elasticsearch_filesystem_data_available_bytes / elasticsearch_filesystem_data_size_bytes * 100 < 10",
    "0s",
    "critical",
    "{{ $labels.node }}",
)
ElasticsearchHeapHigh = alert(
    'elasticsearch_jvm_memory_used_bytes{area="heap"} / elasticsearch_jvm_memory_max_bytes{area="heap"} > 0.9',
    "2m",
    "critical",
    "{{ $labels.node }}",
)
ElasticsearchBreakers = alert(
    "increase(elasticsearch_breakers_tripped_total[5m]) > 0",
    "0s",
    "warning",
    "{{ $labels.breaker }}",
)
ElasticsearchNothingIndexed = alert(
    "sum by (cluster) (increase(elasticsearch_indices_indexing_index_total[10m])) < 1",
    "0s",
    "warning",
    "{{ $labels.cluster }}",
)
RabbitmqPartition = alert(
    "rabbitmq_node_partitions > 0", "0s", "critical", "{{ $labels.instance }}"
)
RabbitmqMemoryHigh = alert(
    "rabbitmq_process_resident_memory_bytes / rabbitmq_resident_memory_limit_bytes * 100 > 90",
    "2m",
    "warning",
    "{{ $value }}%",
)
RabbitmqQueueNotConsumed = alert(
    "sum by (vhost, queue) (rabbitmq_queue_messages_ready) > 0 "
    "and sum by (vhost, queue) (rabbitmq_queue_consumers) == 0",
    "5m",
    "warning",
    "{{ $labels.queue }}",
)
RabbitmqUnroutable = alert(
    "increase(rabbitmq_channel_messages_unroutable_dropped_total[1m]) > 0", "2m", "warning", "Lost"
)
KafkaUnderReplicated = alert(
    "sum by (topic) (kafka_topic_partition_under_replicated) > 0",
    "0s",
    "critical",
    "{{ $labels.topic }}",
)
KafkaConsumerLag = alert(
    "sum by (consumergroup) (kafka_consumergroup_lag) > 10000",
    "10m",
    "warning",
    "{{ $labels.consumergroup }}",
)
KafkaNoMessages = alert(
    "sum by (topic) (rate(kafka_topic_messages_in_total[5m])) == 0",
    "15m",
    "warning",
    "{{ $labels.topic }}",
)
BackupTooOld = alert(
    "time() - max by (repository) (backup_last_success_timestamp_seconds) > 26 * 3600",
    "0s",
    "critical",
    "{{ $labels.repository }}",
)
