package io.sallyport.e2e.containers;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.model.Bind;
import com.github.dockerjava.api.model.Capability;
import com.github.dockerjava.api.model.ContainerNetwork;
import com.github.dockerjava.api.model.HostConfig;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.containers.Container.ExecResult;
import org.testcontainers.containers.ExecConfig;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.containers.Network;
import org.testcontainers.containers.startupcheck.OneShotStartupCheckStrategy;

/// Containers that share a network namespace. One that does nothing holds the namespace, so that
/// its addresses are known, and its interception in force, before anything else starts in it.
final class Pod implements AutoCloseable {
  /// Whom applications run as.
  static final String APPLICATION_USER = "1000:1000";

  /// Whom proxies run as, and the control plane, whose files they read.
  static final String PROXY_USER = "1337:1337";

  private static final Duration PATIENCE = Duration.ofMinutes(2);

  private final String name;
  private final GenericContainer<?> holder;
  private final Deque<GenericContainer<?>> containers = new ArrayDeque<>();

  /// Starts the namespace.
  ///
  /// @param networks at least one
  Pod(String name, List<Network> networks) {
    this.name = name;
    this.holder =
        new GenericContainer<>(Image.TOOLS.reference())
            .withNetwork(networks.getFirst())
            .withCreateContainerCmdModifier(
                command -> command.withEntrypoint("sleep").withCmd("infinity").withHostName(name));
    start(holder);
    DockerClient client = DockerClientFactory.instance().client();
    for (Network network : networks.subList(1, networks.size())) {
      client
          .connectToNetworkCmd()
          .withContainerId(holder.getContainerId())
          .withNetworkId(network.getId())
          .exec();
    }
  }

  /// A name of it that the engine's resolver knows.
  String resolvable() {
    return holder.getContainerId().substring(0, 12);
  }

  /// Its IPv4 address on a network.
  String address(Network network) {
    return Objects.requireNonNull(on(network).getIpAddress());
  }

  /// Its IPv6 address on a network, as Java writes it.
  String address6(Network network) {
    return InetAddress.ofLiteral(Objects.requireNonNull(on(network).getGlobalIPv6Address()))
        .getHostAddress();
  }

  private ContainerNetwork on(Network network) {
    return DockerClientFactory.instance()
        .client()
        .inspectContainerCmd(holder.getContainerId())
        .exec()
        .getNetworkSettings()
        .getNetworks()
        .values()
        .stream()
        .filter(one -> network.getId().equals(one.getNetworkID()))
        .findFirst()
        .orElseThrow();
  }

  /// Sets the interception up, as an init container.
  ///
  /// @param options variables of the script
  Pod intercept(Path script, Map<String, String> options) {
    GenericContainer<?> init =
        container(Image.TOOLS, "0:0", List.of(readOnly(script, "/intercept")), List.of())
            .withEnv(options)
            .withStartupCheckStrategy(new OneShotStartupCheckStrategy().withTimeout(PATIENCE))
            .withCreateContainerCmdModifier(command -> {
              command.withEntrypoint("/intercept").withCmd();
              config(command.getHostConfig()).withCapAdd(Capability.NET_ADMIN);
            });
    start(init);
    return this;
  }

  /// Starts a container in this namespace, without any capability.
  GenericContainer<?> run(Image image, String user, List<Bind> binds, List<String> command) {
    GenericContainer<?> container = container(image, user, binds, command);
    start(container);
    return container;
  }

  private GenericContainer<?> container(
      Image image, String user, List<Bind> binds, List<String> arguments) {
    return new GenericContainer<>(image.reference())
        .withNetworkMode("container:" + holder.getContainerId())
        .withCreateContainerCmdModifier(command -> {
          command.withUser(user).withCmd(arguments);
          config(command.getHostConfig())
              .withBinds(binds)
              .withCapDrop(Capability.ALL)
              .withSecurityOpts(List.of("no-new-privileges"));
        });
  }

  private static HostConfig config(@org.jspecify.annotations.Nullable HostConfig config) {
    if (config == null) {
      throw new IllegalStateException("a container to be has a host configuration");
    }
    return config;
  }

  static Bind readOnly(Path from, String to) {
    return Bind.parse(from.toAbsolutePath().normalize() + ":" + to + ":ro");
  }

  /// What a command in this namespace says, run with the tools' image.
  ExecResult tool(String user, String... command) {
    try {
      return holder.execInContainer(ExecConfig.builder().user(user).command(command).build());
    } catch (IOException e) {
      throw new IllegalStateException("can't run " + List.of(command) + " in " + name, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while running " + List.of(command), e);
    }
  }

  private void start(GenericContainer<?> container) {
    containers.push(container);
    try {
      container.start();
    } catch (RuntimeException e) {
      throw new IllegalStateException(
          "a container of " + name + " (" + container.getDockerImageName() + ") did not start", e);
    }
  }

  @Override
  public void close() {
    List<RuntimeException> failures = new ArrayList<>();
    while (!containers.isEmpty()) {
      try {
        containers.pop().stop();
      } catch (RuntimeException e) {
        failures.add(e);
      }
    }
    if (!failures.isEmpty()) {
      throw failures.getFirst();
    }
  }
}
