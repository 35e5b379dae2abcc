package dev.alts.benchmarks.ca;

import com.google.protobuf.ByteString;
import dev.alts.api.machine.v1.CaughtUp;
import dev.alts.api.machine.v1.JwtBundle;
import dev.alts.api.machine.v1.MachineGrpc;
import dev.alts.api.machine.v1.Topic;
import dev.alts.api.machine.v1.WatchRequest;
import dev.alts.api.machine.v1.WatchResponse;
import dev.alts.testing.OrdinaryTls;
import io.grpc.Server;
import io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.StreamObserver;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.OpenSslContextOption;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;

/**
 * The least that a server of streams can be with gRPC and the same TLS: it keeps them open and
 * copies what it is told to all of them. It knows no machine, verifies nothing, and has no
 * database.
 *
 * <p>Argument: a directory to work in. Prints its port; for each line on standard input, a size in
 * bytes, it pushes once and prints when it began.
 */
public final class BareServer extends MachineGrpc.MachineImplBase {
  private final Queue<StreamObserver<WatchResponse>> streams = new ConcurrentLinkedQueue<>();

  private BareServer() {}

  public static void main(String[] arguments) throws Exception {
    OrdinaryTls tls = OrdinaryTls.make(Path.of(arguments[0]));
    BareServer streams = new BareServer();
    Server server =
        NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
            .sslContext(
                GrpcSslContexts.configure(
                        SslContextBuilder.forServer(tls.chain(), tls.privateKey()),
                        SslProvider.OPENSSL)
                    .trustManager(InsecureTrustManagerFactory.INSTANCE)
                    .clientAuth(ClientAuth.OPTIONAL)
                    .protocols("TLSv1.3")
                    .option(OpenSslContextOption.GROUPS, new String[] {"X25519MLKEM768", "X25519"})
                    .build())
            .executor(Executors.newVirtualThreadPerTaskExecutor())
            .addService(streams)
            .build()
            .start();
    System.out.println(server.getPort());
    BufferedReader input =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    long sequence = 1;
    for (String line = input.readLine(); line != null; line = input.readLine()) {
      System.out.println(streams.push(Integer.parseInt(line), ++sequence));
    }
    server.shutdownNow();
  }

  @Override
  public void watch(WatchRequest request, StreamObserver<WatchResponse> answers) {
    answers.onNext(
        WatchResponse.newBuilder().setCaughtUp(CaughtUp.newBuilder().setServerTime(1)).build());
    streams.add(answers);
  }

  private long push(int size, long sequence) {
    long began = System.currentTimeMillis();
    WatchResponse push =
        WatchResponse.newBuilder()
            .setTopic(Topic.JWT_BUNDLE)
            .setSequence(sequence)
            .setJwtBundle(JwtBundle.newBuilder().setJwks(ByteString.copyFrom(new byte[size])))
            .build();
    streams.removeIf(stream -> !sent(stream, push));
    return began;
  }

  private static boolean sent(StreamObserver<WatchResponse> stream, WatchResponse push) {
    try {
      stream.onNext(push);
      return true;
    } catch (RuntimeException gone) {
      return false;
    }
  }
}
