# The control plane:          docker build -t sallyport .
# and the pretend internet:   docker build -t sallyport-pretend-internet --target pretend-internet .
ARG MAVEN_IMAGE=maven:3.9-eclipse-temurin-25
ARG BASE_IMAGE=debian:12-slim

FROM ${MAVEN_IMAGE} AS build
# a Java runtime of what Sallyport uses (java.desktop: the bean classes that SnakeYAML and Logback name)
RUN jlink --output /opt/runtime --strip-java-debug-attributes --no-header-files --no-man-pages --add-modules \
  java.base,java.desktop,java.logging,java.management,java.naming,java.net.http,java.sql,java.xml,jdk.httpserver,jdk.unsupported
WORKDIR /src
COPY . .
RUN mvn -B -q -Dmaven.test.skip=true package

FROM ${BASE_IMAGE} AS control-plane
ENV LANG=C.UTF-8
COPY --from=build /opt/runtime /opt/java
COPY --from=build /src/e2e/target/lib /opt/sallyport/lib
COPY containers/sallyport /usr/local/bin/sallyport
# proxies run as the same user, 1337: they must read the keys that are kept fresh for them
RUN install -d -o 1337 -g 1337 -m 0700 /var/lib/sallyport /var/lib/sallyport/proxies
USER 1337:1337
VOLUME /var/lib/sallyport
EXPOSE 15012
HEALTHCHECK --interval=5s --timeout=3s --start-period=60s --retries=3 CMD ["bash", "-c", \
  "exec 3<>/dev/tcp/127.0.0.1/15014 && printf 'GET /readyz HTTP/1.0\\r\\nHost: localhost\\r\\n\\r\\n' >&3 && grep -q ' 200 ' <&3"]
ENTRYPOINT ["sallyport"]
CMD ["serve", "--resources", "/etc/sallyport/resources", "--data", "/var/lib/sallyport", "--xds", "0.0.0.0:15012"]

FROM control-plane AS pretend-internet
COPY --from=build /src/e2e/target/e2e.jar /opt/sallyport/lib/
HEALTHCHECK NONE
ENTRYPOINT ["/opt/java/bin/java", "-XX:-UsePerfData", "-XX:+UseSerialGC", "-cp", "/opt/sallyport/lib/*", "io.sallyport.e2e.harness.InternetServer"]
CMD ["0.0.0.0=httpbin.org,www.httpbin.org,www.alibabacloud.com"]

# what 'docker build .' makes
FROM control-plane
