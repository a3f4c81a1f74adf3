"""Filesystems, in the manner of published dashboards."""

from dashboards._words import page, panel, variable

instance = variable("instance", "node_filesystem_size_bytes")
mountpoint = variable("mountpoint", "node_filesystem_size_bytes")

dashboard = page(
    "Filesystems",
    [instance, mountpoint],
    {
        "Space": [
            panel(
                "Space used by mountpoint",
                "percentunit",
                '1 - node_filesystem_avail_bytes{instance=~"$instance", mountpoint=~"$mountpoint"} / node_filesystem_size_bytes{instance=~"$instance", mountpoint=~"$mountpoint"}',
                legend="{{mountpoint}}",
            ),
            panel(
                "Space left",
                "bytes",
                'sum(node_filesystem_avail_bytes{instance=~"$instance", mountpoint=~"$mountpoint"})',
                kind="stat",
            ),
            panel(
                "Full in",
                "s",
                'node_filesystem_avail_bytes{instance=~"$instance", mountpoint=~"$mountpoint"} / -(deriv(node_filesystem_avail_bytes{instance=~"$instance", mountpoint=~"$mountpoint"}[6h]) < 0)',
                legend="{{mountpoint}}",
            ),
            panel(
                "Inodes used",
                "percentunit",
                '1 - node_filesystem_files_free{instance=~"$instance", mountpoint=~"$mountpoint"} / node_filesystem_files{instance=~"$instance", mountpoint=~"$mountpoint"}',
                legend="{{mountpoint}}",
            ),
        ],
    },
)
