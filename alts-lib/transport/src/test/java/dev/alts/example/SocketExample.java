package dev.alts.example;

import dev.alts.endpoint.ClientEndpoint;
import dev.alts.endpoint.ServerEndpoint;
import dev.alts.socket.AltsSocket;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/** ALTS without gRPC and without Netty: a server that greets, and a client that asks. */
final class SocketExample {
  private SocketExample() {}

  // @start region="server"
  static void greetOne(ServerEndpoint server, ServerSocket listener) throws IOException {
    try (AltsSocket caller = AltsSocket.accept(server, listener.accept())) {
      String greeting = "hello, " + caller.peer().id();
      caller.getOutputStream().write(greeting.getBytes(StandardCharsets.UTF_8));
    }
  }

  // @end

  // @start region="client"
  static String ask(ClientEndpoint client, String host, int port) throws IOException {
    try (AltsSocket server =
        AltsSocket.connect(client, new Socket(host, port), host + ":" + port)) {
      // ends where the server says so; a connection that is cut off is an EOFException
      return new String(server.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }
  }
  // @end
}
