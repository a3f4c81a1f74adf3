"""Who talks to Redis and how: buffers, client-side caches, messages, refusals."""

from exporters.catalog.family import counter, gauge

clients_input_buffer_bytes = gauge(
    "redis_clients_input_buffer_bytes",
    "The largest input buffer among the clients, of late.",
    unit="bytes",
    source="INFO clients client_recent_max_input_buffer",
)

clients_output_buffer_bytes = gauge(
    "redis_clients_output_buffer_bytes",
    "The largest output buffer among the clients, of late.",
    unit="bytes",
    source="INFO clients client_recent_max_output_buffer",
)

clients_tracking = gauge(
    "redis_clients_tracking",
    "Clients that keep a cache of their own and are told what changes.",
    source="INFO clients tracking_clients",
)

clients_pubsub = gauge(
    "redis_clients_pubsub",
    "Clients that are subscribed to messages. Since Redis 7.4.",
    source="INFO clients pubsub_clients",
)

clients_watching = gauge(
    "redis_clients_watching",
    "Clients in a WATCH. Since Redis 7.4.",
    source="INFO clients watching_clients",
)

clients_with_timeout = gauge(
    "redis_clients_with_timeout",
    "Blocked clients that have a timeout.",
    source="INFO clients clients_in_timeout_table",
)

clients_cluster = gauge(
    "redis_clients_cluster",
    "Connections between the cluster's nodes. Since Redis 7.",
    source="INFO clients cluster_connections",
)

keys_watched = gauge(
    "redis_keys_watched",
    "Keys that are watched. Since Redis 7.4.",
    source="INFO clients total_watched_keys",
)

keys_blocking = gauge(
    "redis_keys_blocking",
    "Keys for which clients wait. Since Redis 7.2.",
    source="INFO clients total_blocking_keys",
)

keys_blocking_until_deleted = gauge(
    "redis_keys_blocking_until_deleted",
    "Keys for which clients wait, and want to know when they are deleted. Since Redis 7.2.",
    source="INFO clients total_blocking_keys_on_nokey",
)

clients_evicted_total = counter(
    "redis_clients_evicted_total",
    "Clients cut off because all clients' memory was above its limit. Since Redis 7.",
    source="INFO stats evicted_clients",
)

clients_cut_by_input_total = counter(
    "redis_clients_cut_by_input_total",
    "Clients cut off because of a too large query. Since Redis 7.4.",
    source="INFO stats client_query_buffer_limit_disconnections",
)

clients_cut_by_output_total = counter(
    "redis_clients_cut_by_output_total",
    "Clients cut off because they read too slowly. Since Redis 7.4.",
    source="INFO stats client_output_buffer_limit_disconnections",
)

tracking_keys = gauge(
    "redis_tracking_keys",
    "Keys that clients keep in caches of their own.",
    source="INFO stats tracking_total_keys",
)

tracking_items = gauge(
    "redis_tracking_items",
    "Pairs of such a key and a client.",
    source="INFO stats tracking_total_items",
)

tracking_prefixes = gauge(
    "redis_tracking_prefixes",
    "Prefixes of keys that clients asked to be told of.",
    source="INFO stats tracking_total_prefixes",
)

pubsub_channels = gauge(
    "redis_pubsub_channels",
    "Channels with subscribers.",
    source="INFO stats pubsub_channels",
)

pubsub_patterns = gauge(
    "redis_pubsub_patterns",
    "Patterns with subscribers.",
    source="INFO stats pubsub_patterns",
)

pubsub_shard_channels = gauge(
    "redis_pubsub_shard_channels",
    "Channels of one shard with subscribers. Since Redis 7.",
    source="INFO stats pubsubshard_channels",
)

denied_logins_total = counter(
    "redis_denied_logins_total",
    "Logins refused. Since Redis 7.2.",
    source="INFO stats acl_access_denied_auth",
)

denied_commands_total = counter(
    "redis_denied_commands_total",
    "Commands refused because the user may not run them. Since Redis 7.2.",
    source="INFO stats acl_access_denied_cmd",
)

denied_keys_total = counter(
    "redis_denied_keys_total",
    "Commands refused because the user may not touch a key. Since Redis 7.2.",
    source="INFO stats acl_access_denied_key",
)

denied_channels_total = counter(
    "redis_denied_channels_total",
    "Commands refused because the user may not use a channel. Since Redis 7.2.",
    source="INFO stats acl_access_denied_channel",
)

reads_total = counter(
    "redis_reads_total",
    "Times that the server read from a client's connection.",
    source="INFO stats total_reads_processed",
)

writes_total = counter(
    "redis_writes_total",
    "Times that the server wrote to a client's connection.",
    source="INFO stats total_writes_processed",
)

threaded_reads_total = counter(
    "redis_threaded_reads_total",
    "Such reads by threads of their own.",
    source="INFO stats io_threaded_reads_processed",
)

threaded_writes_total = counter(
    "redis_threaded_writes_total",
    "Such writes by threads of their own.",
    source="INFO stats io_threaded_writes_processed",
)

reply_buffers_shrunk_total = counter(
    "redis_reply_buffers_shrunk_total",
    "Reply buffers made smaller because they were idle. Since Redis 7.",
    source="INFO stats reply_buffer_shrinks",
)

reply_buffers_grown_total = counter(
    "redis_reply_buffers_grown_total",
    "Reply buffers made larger because they were full. Since Redis 7.",
    source="INFO stats reply_buffer_expands",
)
