package io.sallyport.e2e.harness;

import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/// A DNS server (RFC 1035) on loopback, over UDP, of the names that a test gives it: A and AAAA,
/// each answer valid for a second. Any other name does not exist.
public final class DnsServer implements Closeable {
  private static final int LONGEST = 512;
  private static final int HEADER = 12;
  private static final int A = 1;
  private static final int AAAA = 28;
  private static final int IN = 1;
  private static final int TTL_SECONDS = 1;
  private static final int NO_ERROR = 0;
  private static final int NO_SUCH_NAME = 3;

  /// An answer, recursion available.
  private static final int FLAGS = 0x8180;

  /// A pointer to the question's name.
  private static final int THE_NAME = 0xc00c;

  private final DatagramSocket socket;
  private final Map<String, List<InetAddress>> names = new ConcurrentHashMap<>();
  private final Map<String, Integer> queries = new ConcurrentHashMap<>();

  /// @param address where to listen, on a port that is free
  public DnsServer(String address) {
    try {
      socket = new DatagramSocket(new InetSocketAddress(address, 0));
    } catch (SocketException e) {
      throw new UncheckedIOException("the DNS server can't listen on " + address, e);
    }
    Thread.ofVirtual().name("dns").start(this::serve);
  }

  /// `ADDRESS:PORT`.
  public String address() {
    return socket.getLocalAddress().getHostAddress() + ":" + socket.getLocalPort();
  }

  /// From now on, the name has these addresses, in this order; without any, it has none.
  public void answer(String name, String... addresses) {
    names.put(name, Arrays.stream(addresses).map(InetAddress::ofLiteral).toList());
  }

  /// How often a name was asked for.
  public int queries(String name) {
    return queries.getOrDefault(name, 0);
  }

  private void serve() {
    byte[] buffer = new byte[LONGEST];
    while (!socket.isClosed()) {
      DatagramPacket packet = new DatagramPacket(buffer, buffer.length);
      try {
        socket.receive(packet);
        byte[] answer = answer(Arrays.copyOf(buffer, packet.getLength()));
        socket.send(new DatagramPacket(answer, answer.length, packet.getSocketAddress()));
      } catch (IOException e) {
        if (!socket.isClosed()) {
          throw new UncheckedIOException(e);
        }
      }
    }
  }

  private byte[] answer(byte[] query) throws IOException {
    StringBuilder name = new StringBuilder();
    int at = HEADER;
    for (; query[at] != 0; at += query[at] + 1) {
      name.append(name.isEmpty() ? "" : ".")
          .append(new String(query, at + 1, query[at], StandardCharsets.US_ASCII));
    }
    int type = query[at + 1] << 8 | query[at + 2];
    String asked = name.toString().toLowerCase(Locale.ROOT);
    queries.merge(asked, 1, Integer::sum);
    List<InetAddress> known = names.get(asked);
    List<InetAddress> answers =
        known == null ? List.of() : known.stream().filter(each -> type(each) == type).toList();

    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    DataOutputStream out = new DataOutputStream(bytes);
    out.write(query, 0, 2);
    out.writeShort(FLAGS | (known == null ? NO_SUCH_NAME : NO_ERROR));
    out.writeShort(1);
    out.writeShort(answers.size());
    out.writeInt(0);
    out.write(query, HEADER, at + 5 - HEADER);
    for (InetAddress address : answers) {
      out.writeShort(THE_NAME);
      out.writeShort(type);
      out.writeShort(IN);
      out.writeInt(TTL_SECONDS);
      out.writeShort(address.getAddress().length);
      out.write(address.getAddress());
    }
    return bytes.toByteArray();
  }

  private static int type(InetAddress address) {
    return address instanceof Inet4Address ? A : AAAA;
  }

  @Override
  public void close() {
    socket.close();
  }
}
