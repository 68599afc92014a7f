package io.sallyport.e2e.scenarios;

import static org.assertj.core.api.Assertions.assertThat;

import io.sallyport.e2e.harness.Await;
import io.sallyport.e2e.harness.Documents;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// An application asks its sidecar for names as no resolver should: the sidecar stays as it is and
/// answers for the granted name afterwards.
class HostileDnsQueriesTest extends MeshScenario {
  private static final String GRANTED = "db.test";
  private static final int FLOOD = 5_000;
  private static final int RANDOM_QUERIES = 2_000;
  private static final int WAIT_MILLIS = 1_000;
  private static final int HEADER = 12;
  private static final int QUERY = 0x0100;

  /// Where virtual addresses begin and end: the first byte.
  private static final int LOWEST = 240;

  private static final int HIGHEST = 247;

  @SuppressWarnings("NullAway.Init")
  private String sidecar;

  @BeforeAll
  void grantTheName() {
    mesh.documents()
        .write(
            "policy.yaml",
            Documents.ownPolicy(
                "databases",
                """
                - hosts: [%s]
                  port: {number: 5432, protocol: TCP}
                  match: {virtualAddress: true}
                """
                    .formatted(GRANTED)));
    theGrantedNameIsAnswered();
    sidecar = mesh.sleepA().instance();
  }

  private void theGrantedNameIsAnswered() {
    Await.until(
        "the sidecar answers for " + GRANTED,
        LIMIT,
        this::answersForTheGrantedName,
        mesh::controlPlaneTail);
  }

  private boolean answersForTheGrantedName() {
    try (DatagramSocket socket = new DatagramSocket()) {
      send(socket, query(7, QUERY, 1, name(GRANTED)));
      return answer(socket, 7).filter(HostileDnsQueriesTest::isVirtual).isPresent();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void theSidecarIsAsItWas() {
    assertThat(mesh.sleepA().alive()).isTrue();
    assertThat(mesh.sleepA().instance()).isEqualTo(sidecar);
    theGrantedNameIsAnswered();
  }

  private void send(DatagramSocket socket, byte[] query) throws IOException {
    socket.send(new DatagramPacket(query, query.length, mesh.sleepADns()));
  }

  /// The answer to the question of that number.
  private static Optional<byte[]> answer(DatagramSocket socket, int id) throws IOException {
    socket.setSoTimeout(WAIT_MILLIS);
    DatagramPacket packet = new DatagramPacket(new byte[2048], 2048);
    try {
      do {
        socket.receive(packet);
      } while (packet.getLength() < HEADER
          || (packet.getData()[0] & 0xff) != id >> 8
          || (packet.getData()[1] & 0xff) != (id & 0xff));
    } catch (SocketTimeoutException _) {
      return Optional.empty();
    }
    return Optional.of(Arrays.copyOf(packet.getData(), packet.getLength()));
  }

  /// Whether an answer ends with a virtual address.
  private static boolean isVirtual(byte[] answer) {
    int first = answer.length < HEADER + 4 ? 0 : answer[answer.length - 4] & 0xff;
    return first >= LOWEST && first <= HIGHEST;
  }

  /// @param questions how many it says there are
  private static byte[] query(int id, int flags, int questions, byte[] name) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    DataOutputStream out = new DataOutputStream(bytes);
    out.writeShort(id);
    out.writeShort(flags);
    out.writeShort(questions);
    out.writeShort(0);
    out.writeInt(0);
    out.write(name);
    out.writeShort(1);
    out.writeShort(1);
    return bytes.toByteArray();
  }

  private static byte[] name(String dotted) {
    ByteArrayOutputStream name = new ByteArrayOutputStream();
    for (String label : dotted.split("\\.")) {
      name.write(label.length());
      name.writeBytes(label.getBytes(StandardCharsets.US_ASCII));
    }
    name.write(0);
    return name.toByteArray();
  }

  @Test
  void malformedQueriesChangeNothing() throws IOException {
    byte[] good = query(1, QUERY, 1, name(GRANTED));
    byte[] loop = {(byte) 0xc0, HEADER};
    byte[] two = {(byte) 0xc0, HEADER + 2, (byte) 0xc0, HEADER};
    byte[] out = {(byte) 0xff, (byte) 0xff};
    byte[] longest = new byte[60_000];
    Arrays.fill(longest, (byte) 'a');
    try (DatagramSocket socket = new DatagramSocket()) {
      for (int length = 0; length < good.length; length++) {
        send(socket, Arrays.copyOf(good, length));
      }
      for (byte[] name : new byte[][] {loop, two, out, longest, {}, {63}, {(byte) 0xbf, 1}}) {
        send(socket, query(2, QUERY, 1, name));
      }
      send(socket, query(3, QUERY, 0, name(GRANTED)));
      send(socket, query(4, QUERY, 0xffff, name(GRANTED)));
      send(socket, query(5, 0xffff, 1, name(GRANTED)));
      send(socket, query(6, QUERY, 1, name(".".repeat(500))));
      send(socket, query(8, QUERY, 1, name("a".repeat(63) + (".a").repeat(200))));
      send(socket, query(9, QUERY, 1, name("\0\u0001 *.%s\n".repeat(3))));
    }
    theSidecarIsAsItWas();
  }

  @Test
  void randomQueriesChangeNothing() throws IOException {
    Random random = new Random(RANDOM_QUERIES);
    byte[] good = query(1, QUERY, 1, name(GRANTED));
    try (DatagramSocket socket = new DatagramSocket()) {
      for (int i = 0; i < RANDOM_QUERIES; i++) {
        byte[] query;
        if (i % 2 == 0) {
          query = new byte[random.nextInt(600)];
          random.nextBytes(query);
        } else { // one that is nearly good
          query = good.clone();
          query[random.nextInt(query.length)] = (byte) random.nextInt();
          query[random.nextInt(query.length)] = (byte) random.nextInt();
        }
        send(socket, query);
      }
    }
    theSidecarIsAsItWas();
  }

  /// More than the sidecar asks others for at a time.
  @Test
  void aFloodOfNamesChangesNothing() throws IOException {
    try (DatagramSocket socket = new DatagramSocket()) {
      for (int i = 0; i < FLOOD; i++) {
        send(socket, query(i, QUERY, 1, name("name-" + i + ".nowhere.test")));
        send(socket, query(i, QUERY, 1, name(GRANTED)));
      }
    }
    theSidecarIsAsItWas();
  }
}
