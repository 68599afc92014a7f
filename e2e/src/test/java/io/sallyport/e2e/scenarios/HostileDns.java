package io.sallyport.e2e.scenarios;

import io.sallyport.e2e.harness.Layout;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;

/// A DNS server (RFC 1035) that answers as the first label of a name says: well, or as no server
/// should. Over UDP and TCP, of one port.
final class HostileDns implements Closeable {
  private static final int LONGEST = 512;
  private static final int HEADER = 12;
  private static final int A = 1;
  private static final int CNAME = 5;
  private static final int RESPONSE = 0x8180;
  private static final int TRUNCATED = 0x0200;

  /// A pointer to the question's name.
  private static final int THE_NAME = 0xc000 | HEADER;

  /// As many as a message holds.
  private static final int MANY = 4_000;

  private final DatagramSocket udp;
  private final RawServer tcp;
  private final byte[] good;
  private final Map<Trick, Integer> asked = new ConcurrentHashMap<>();

  /// What an answer is like. A name is the trick's, with hyphens and possibly a number behind it.
  enum Trick {
    /// The address of the good server.
    GOOD,
    /// Never answered.
    SILENT,
    /// Cut off, and whole over TCP: thousands of addresses that no rule grants.
    HUGE,
    /// Cut off, and whole over TCP: thousands of times the good address.
    HUGE_GOOD,
    /// Cut off, and TCP is closed at once.
    CUT_OFF,
    /// Cut off, and over TCP there are fewer bytes than it says.
    CUT_OFF_TWICE,
    RANDOM_BYTES,
    RANDOM_AFTER_HEADER,
    ONE_BYTE,
    HEADER_ALONE,
    /// A name that points to itself.
    LOOP,
    /// Two names that point to each other.
    TWO_LOOPS,
    /// A name that points behind the message.
    POINTER_OUT,
    LABEL_TOO_LONG,
    /// More answers than there are.
    FEWER_THAN_SAID,
    DATA_TOO_LONG,
    ADDRESS_OF_TWO_BYTES,
    ADDRESS_OF_NONE,
    ANOTHER_ID,
    ANOTHER_QUESTION,
    NOT_A_RESPONSE,
    ALIAS_OF_ITSELF,
    /// An alias of a name of this kind, without end.
    ALIAS_WITHOUT_END;

    String label() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    private static Optional<Trick> of(String label) {
      String name = label.replaceAll("-?[0-9]*$", "");
      return Arrays.stream(values()).filter(trick -> trick.label().equals(name)).findFirst();
    }
  }

  /// @param good where a good name leads
  HostileDns(String address, String good) {
    try {
      this.good = InetAddress.ofLiteral(good).getAddress();
      int port = Layout.freePort(address);
      udp = new DatagramSocket(new InetSocketAddress(address, port));
      tcp = new RawServer(address, port, this::converse);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Thread.ofVirtual().start(this::serve);
  }

  /// `ADDRESS:PORT`.
  String address() {
    return udp.getLocalAddress().getHostAddress() + ":" + udp.getLocalPort();
  }

  /// How many questions there were.
  int asked(Trick trick) {
    return asked.getOrDefault(trick, 0);
  }

  private void serve() {
    byte[] buffer = new byte[LONGEST];
    while (!udp.isClosed()) {
      DatagramPacket packet = new DatagramPacket(buffer, buffer.length);
      try {
        udp.receive(packet);
        byte[] answer = answer(Arrays.copyOf(buffer, packet.getLength()), false);
        if (answer.length > 0) {
          udp.send(new DatagramPacket(answer, answer.length, packet.getSocketAddress()));
        }
      } catch (IOException _) {
        // closed, or the asker is gone
      }
    }
  }

  private void converse(Socket socket) throws IOException {
    DataInputStream in = new DataInputStream(socket.getInputStream());
    byte[] answer = answer(in.readNBytes(in.readUnsignedShort()), true);
    if (answer.length > 0) {
      DataOutputStream out = new DataOutputStream(socket.getOutputStream());
      out.writeShort(answer.length);
      out.write(answer);
      in.transferTo(java.io.OutputStream.nullOutputStream());
    }
  }

  /// The bytes of an answer; none for silence.
  private byte[] answer(byte[] query, boolean overTcp) throws IOException {
    int end = HEADER;
    while (query[end] != 0) {
      end += query[end] + 1;
    }
    int type = query[end + 1] << 8 | query[end + 2];
    byte[] question = Arrays.copyOfRange(query, HEADER, end + 5);
    String label = new String(query, HEADER + 1, query[HEADER], StandardCharsets.US_ASCII);
    Optional<Trick> known = Trick.of(label.toLowerCase(Locale.ROOT));
    if (known.isEmpty()) {
      return message(query, RESPONSE | 3, question, 0, new byte[0]);
    }
    Trick trick = known.get();
    asked.merge(trick, 1, Integer::sum);
    boolean asksForA = type == A;
    return switch (trick) {
      case GOOD -> asksForA ? well(query, question, record(A, good)) : none(query, question);
      case SILENT -> new byte[0];
      case HUGE, HUGE_GOOD -> {
        if (!asksForA) {
          yield none(query, question);
        }
        yield overTcp
            ? message(query, RESPONSE, question, MANY, addresses(trick == Trick.HUGE_GOOD))
            : message(query, RESPONSE | TRUNCATED, question, 0, new byte[0]);
      }
      case CUT_OFF ->
          overTcp ? new byte[0] : message(query, RESPONSE | TRUNCATED, question, 0, new byte[0]);
      case CUT_OFF_TWICE ->
          overTcp
              ? Arrays.copyOf(well(query, question, record(A, good)), HEADER + 7)
              : message(query, RESPONSE | TRUNCATED, question, 0, new byte[0]);
      case RANDOM_BYTES -> random(300);
      case RANDOM_AFTER_HEADER -> message(query, RESPONSE, random(300), 3, new byte[0]);
      case ONE_BYTE -> Arrays.copyOf(query, 1);
      case HEADER_ALONE -> Arrays.copyOf(well(query, question, new byte[0]), HEADER);
      case LOOP -> well(query, question, named(0xc000 | HEADER + question.length));
      case TWO_LOOPS ->
          message(
              query,
              RESPONSE,
              question,
              2,
              joined(
                  named(0xc000 | HEADER + question.length + 16),
                  named(0xc000 | HEADER + question.length)));
      case POINTER_OUT -> well(query, question, named(0xffff));
      case LABEL_TOO_LONG -> {
        byte[] record = record(A, good);
        record[0] = (byte) 0xbf;
        yield well(query, question, record);
      }
      case FEWER_THAN_SAID -> message(query, RESPONSE, question, 0xffff, record(A, good));
      case DATA_TOO_LONG -> {
        byte[] record = record(A, good);
        record[10] = (byte) 0xff;
        yield well(query, question, record);
      }
      case ADDRESS_OF_TWO_BYTES -> well(query, question, record(type, Arrays.copyOf(good, 2)));
      case ADDRESS_OF_NONE -> well(query, question, record(type, new byte[0]));
      case ANOTHER_ID -> {
        byte[] answer = well(query, question, record(A, good));
        answer[0] ^= 0x55;
        yield answer;
      }
      case ANOTHER_QUESTION -> {
        byte[] other = question.clone();
        other[1] ^= 1;
        yield well(query, other, record(A, good));
      }
      case NOT_A_RESPONSE -> query;
      case ALIAS_OF_ITSELF -> well(query, question, record(CNAME, pointer()));
      case ALIAS_WITHOUT_END -> well(query, question, record(CNAME, next(question)));
    };
  }

  /// The name of the question with the first label longer by a digit, or the first again.
  private static byte[] next(byte[] question) {
    ByteArrayOutputStream name = new ByteArrayOutputStream();
    int length = question[0];
    boolean grows = length < 60;
    name.write(grows ? length + 1 : length);
    name.write(question, 1, length);
    if (grows) {
      name.write('1');
    }
    name.write(question, 1 + length, question.length - 4 - 1 - length);
    return name.toByteArray();
  }

  private byte[] addresses(boolean all) throws IOException {
    ByteArrayOutputStream records = new ByteArrayOutputStream();
    for (int i = 0; i < MANY; i++) {
      records.write(record(A, all ? good : new byte[] {10, 0, (byte) (i >> 8), (byte) i}));
    }
    return records.toByteArray();
  }

  private static byte[] none(byte[] query, byte[] question) throws IOException {
    return message(query, RESPONSE, question, 0, new byte[0]);
  }

  private static byte[] well(byte[] query, byte[] question, byte[] answer) throws IOException {
    return message(query, RESPONSE, question, 1, answer);
  }

  private static byte[] message(byte[] query, int flags, byte[] question, int count, byte[] answers)
      throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    DataOutputStream out = new DataOutputStream(bytes);
    out.write(query, 0, 2);
    out.writeShort(flags);
    out.writeShort(1);
    out.writeShort(count);
    out.writeInt(0);
    out.write(question);
    out.write(answers);
    return bytes.toByteArray();
  }

  private static byte[] pointer() {
    return new byte[] {(byte) (THE_NAME >> 8), (byte) THE_NAME};
  }

  /// A record of the question's name, valid for a second.
  private static byte[] record(int type, byte[] content) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    DataOutputStream out = new DataOutputStream(bytes);
    out.write(pointer());
    out.writeShort(type);
    out.writeShort(1);
    out.writeInt(1);
    out.writeShort(content.length);
    out.write(content);
    return bytes.toByteArray();
  }

  private byte[] named(int pointer) throws IOException {
    byte[] record = record(A, good);
    record[0] = (byte) (pointer >> 8);
    record[1] = (byte) pointer;
    return record;
  }

  private static byte[] joined(byte[] one, byte[] other) {
    byte[] both = Arrays.copyOf(one, one.length + other.length);
    System.arraycopy(other, 0, both, one.length, other.length);
    return both;
  }

  private static byte[] random(int count) {
    byte[] bytes = new byte[count];
    new Random(count).nextBytes(bytes);
    return bytes;
  }

  @Override
  public void close() {
    udp.close();
    tcp.close();
  }
}
