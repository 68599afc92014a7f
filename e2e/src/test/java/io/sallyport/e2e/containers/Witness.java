package io.sallyport.e2e.containers;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CountDownLatch;

/// Says what reaches it past a sidecar: a line for every connection and every datagram, over either
/// IP version, on some ports.
public final class Witness {
  static final List<Integer> TCP = List.of(53, 80, 443, 8080, 15090);
  static final List<Integer> UDP = List.of(53, 443, 4500);

  private Witness() {}

  public static void main(String[] arguments) throws IOException, InterruptedException {
    for (int port : TCP) {
      ServerSocket listener = new ServerSocket(port);
      Thread.ofVirtual().start(() -> accept(listener));
    }
    for (int port : UDP) {
      DatagramSocket socket = new DatagramSocket(port);
      Thread.ofVirtual().start(() -> receive(socket));
    }
    System.out.println("watching");
    new CountDownLatch(1).await();
  }

  private static void accept(ServerSocket listener) {
    while (true) {
      try (Socket socket = listener.accept()) {
        System.out.println("tcp " + listener.getLocalPort() + " " + socket.getInetAddress());
      } catch (IOException e) {
        System.out.println("tcp " + listener.getLocalPort() + " " + e);
      }
    }
  }

  private static void receive(DatagramSocket socket) {
    DatagramPacket packet = new DatagramPacket(new byte[2048], 2048);
    while (true) {
      try {
        socket.receive(packet);
        System.out.println("udp " + socket.getLocalPort() + " " + packet.getAddress());
      } catch (IOException e) {
        System.out.println("udp " + socket.getLocalPort() + " " + e);
      }
    }
  }
}
