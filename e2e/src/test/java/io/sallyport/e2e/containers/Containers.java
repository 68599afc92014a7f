package io.sallyport.e2e.containers;

import com.github.dockerjava.api.model.Bind;
import com.github.dockerjava.api.model.Network.Ipam;
import io.sallyport.e2e.harness.Await;
import io.sallyport.e2e.harness.Directories;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramSocket;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.Socket;
import java.net.SocketException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.function.Consumer;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.containers.Network;

/// What a mesh in containers is made of: networks, network namespaces, volumes, and programs.
/// Closing it stops everything, what came last first, and deletes its files.
final class Containers implements AutoCloseable {
  private static final Random RANDOM = new SecureRandom();
  private static final Duration START = Duration.ofSeconds(90);

  private final Deque<AutoCloseable> parts = new ArrayDeque<>();
  private final Consumer<String> progress;
  private final Path work;
  private final Program program;
  private final Volumes volumes = new Volumes();

  /// @param progress gets a line for what can't be stopped
  Containers(Consumer<String> progress) {
    this.progress = progress;
    try {
      this.work = Files.createTempDirectory("sallyport-containers");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    parts.push(() -> Directories.delete(work));
    parts.push(volumes);
    try {
      this.program = Program.copyTo(work.resolve("program"));
    } catch (RuntimeException e) {
      close();
      throw e;
    }
  }

  /// Where its files are.
  Path work() {
    return work;
  }

  /// Makes a directory for its files.
  Path directory(String name) {
    try {
      return Files.createDirectory(work.resolve(name));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// The classes that run in it.
  Program program() {
    return program;
  }

  /// Makes a volume in memory.
  ///
  /// @return its name
  String volume(String purpose) {
    return volumes.create(purpose);
  }

  /// A network that leads nowhere else, over both IP versions.
  Network network() {
    byte[] unique = new byte[6];
    RANDOM.nextBytes(unique);
    HexFormat hex = HexFormat.of();
    String prefix = // RFC 4193
        "fd%s:%s:%s:1::/64"
            .formatted(
                hex.formatHex(unique, 0, 1),
                hex.formatHex(unique, 1, 3),
                hex.formatHex(unique, 3, 5));
    Network made =
        Network.builder()
            .createNetworkCmdModifier(command ->
                command
                    .withInternal(true)
                    .withEnableIpv6(true)
                    .withIpam(new Ipam().withConfig(new Ipam.Config().withSubnet(prefix))))
            .build();
    made.getId();
    parts.push(made);
    return made;
  }

  /// A network namespace, with nothing in it.
  Pod pod(String name, Network... networks) {
    Pod pod = new Pod(name, List.of(networks));
    parts.push(pod);
    return pod;
  }

  /// Runs a class of the tests' class path in a pod.
  ///
  /// @param binds what it needs besides
  GenericContainer<?> java(Pod pod, Class<?> main, List<Bind> binds, List<String> arguments) {
    List<Bind> all = new ArrayList<>(binds);
    all.add(program.bind());
    return pod.run(Image.JAVA, Pod.APPLICATION_USER, all, program.java(main.getName(), arguments));
  }

  /// This machine's own address on the network of a container.
  static String thisMachineBeside(String container) {
    try (DatagramSocket towards = new DatagramSocket()) {
      towards.connect(new InetSocketAddress(container, 9));
      return towards.getLocalAddress().getHostAddress();
    } catch (SocketException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// The IPv6 address of this machine's network interface that has an IPv4 address.
  static Optional<String> ipv6Of(String ipv4) {
    try {
      return NetworkInterface.getByInetAddress(InetAddress.ofLiteral(ipv4))
          .inetAddresses()
          .filter(each -> each instanceof Inet6Address && !each.isLinkLocalAddress())
          .map(each -> each.getHostAddress().split("%", 2)[0])
          .findFirst();
    } catch (SocketException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// The root of the checkout.
  static Path repository() {
    Path at = Path.of("").toAbsolutePath();
    while (!Files.exists(at.resolve("containers/intercept"))) {
      at = at.getParent();
      if (at == null) {
        throw new IllegalStateException("not in a checkout of the repository");
      }
    }
    return at;
  }

  static void awaitOpen(String address, int port) {
    Await.until(
        address + ":" + port + " is open",
        START,
        () -> {
          try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(address, port), 1000);
            return true;
          } catch (IOException e) {
            return false;
          }
        });
  }

  @Override
  public void close() {
    while (!parts.isEmpty()) {
      try {
        parts.pop().close();
      } catch (Exception e) {
        progress.accept("could not stop a part: " + e.getMessage());
      }
    }
  }
}
