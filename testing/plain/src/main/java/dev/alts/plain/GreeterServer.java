package dev.alts.plain;

import io.grpc.Server;
import io.grpc.ServerBuilder;
import java.io.File;
import java.io.OutputStream;

/** Greets until its input ends. */
public final class GreeterServer {
  private GreeterServer() {}

  /** Starts with a port, 0 for any; for TLS also with files of a certificate and its key. */
  public static void main(String[] arguments) throws Exception {
    ServerBuilder<?> builder = ServerBuilder.forPort(Integer.parseInt(arguments[0]));
    if (arguments.length == 3) {
      builder.useTransportSecurity(new File(arguments[1]), new File(arguments[2]));
    }
    Server server = builder.addService(Greeter.service()).build().start();
    System.out.printf("{\"event\":\"serving\",\"port\":%d}%n", server.getPort());
    System.in.transferTo(OutputStream.nullOutputStream());
    server.shutdownNow().awaitTermination();
  }
}
