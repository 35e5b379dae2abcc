package dev.alts.ca.fetch;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicReference;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;

/**
 * One GET over HTTPS at a time and place that the caller's limits and the {@link AddressPolicy}
 * allow (abuse-44). Thread-safe.
 *
 * <p>Not the JDK's client: it looks a name up itself, once more, when it connects, so what was
 * judged and where it goes could differ (DNS rebinding). Here the judged address is the one that is
 * connected to; TLS is told the name.
 */
public final class HttpsFetcher {
  private static final int MAX_ADDRESSES = 8;
  private static final int AT_ONCE = 16;

  private final AddressPolicy policy;
  private final NameLookup names;
  private final Semaphore running = new Semaphore(AT_ONCE);

  /** Finds the addresses of a name. */
  @FunctionalInterface
  public interface NameLookup {
    List<InetAddress> addresses(String host) throws UnknownHostException;
  }

  public HttpsFetcher(AddressPolicy policy) {
    this(policy, host -> Arrays.asList(InetAddress.getAllByName(host)));
  }

  /** As above with another way to look names up. */
  public HttpsFetcher(AddressPolicy policy, NameLookup names) {
    this.policy = policy;
    this.names = names;
  }

  /**
   * {@return what {@code url} has}
   *
   * @param accept media type that is asked for
   * @throws FetchException if the answer is not 200 with a body inside the limits, from a server
   *     that {@code trust} accepts
   */
  public Fetched get(HttpsUrl url, String accept, ServerTrust trust, FetchLimits limits)
      throws FetchException {
    if (!running.tryAcquire()) {
      throw new FetchException("%s: too many fetches at once".formatted(url));
    }
    try {
      return get(url, accept, trust, limits, System.nanoTime() + limits.time().toNanos());
    } finally {
      running.release();
    }
  }

  private Fetched get(
      HttpsUrl url, String accept, ServerTrust trust, FetchLimits limits, long deadline)
      throws FetchException {
    AtomicReference<@Nullable Socket> open = new AtomicReference<>();
    // The time is over for whatever is going on: a peer that sends a byte a second too.
    Thread watch = Thread.ofVirtual().name("fetch-deadline").start(() -> closeAt(deadline, open));
    try (Socket plain = connect(url, addresses(url), deadline)) {
      open.set(plain);
      try (SSLSocket socket = secured(plain, url, trust)) {
        socket.startHandshake();
        send(socket, url, accept);
        InputStream in = socket.getInputStream();
        return HttpAnswer.read(in, limits.bodyBytes());
      }
    } catch (HttpAnswer.RefusedException e) {
      throw new FetchException("%s: %s".formatted(url, e.getMessage()));
    } catch (IOException e) {
      boolean late = System.nanoTime() - deadline >= 0;
      throw new FetchException(
          late
              ? "%s: no whole answer within %s".formatted(url, limits.time())
              : "%s: %s".formatted(url, reason(e)),
          e);
    } finally {
      watch.interrupt();
    }
  }

  private static String reason(IOException e) {
    return e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
  }

  private static void closeAt(long deadline, AtomicReference<@Nullable Socket> open) {
    try {
      while (true) {
        long left = deadline - System.nanoTime();
        if (left > 0) {
          Thread.sleep(Duration.ofNanos(left));
          continue;
        }
        Socket socket = open.get();
        if (socket != null) {
          socket.close();
          return;
        }
        Thread.sleep(Duration.ofMillis(10));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (IOException e) {
      // It is closed all the same.
      return;
    }
  }

  /** All addresses must be good: with one that is not, who answers may choose. */
  private List<InetAddress> addresses(HttpsUrl url) throws FetchException {
    List<InetAddress> found;
    try {
      found =
          url.isAddress()
              ? List.of(InetAddress.ofLiteral(url.host()))
              : names.addresses(url.host());
    } catch (UnknownHostException e) {
      throw new FetchException("%s: the name has no address".formatted(url), e);
    }
    if (found.isEmpty()) {
      throw new FetchException("%s: the name has no address".formatted(url));
    }
    for (InetAddress address : found) {
      Optional<String> objection = policy.objection(address);
      if (objection.isPresent()) {
        throw new FetchException(
            "%s: %s is %s".formatted(url, address.getHostAddress(), objection.get()));
      }
    }
    return found;
  }

  private static Socket connect(HttpsUrl url, List<InetAddress> addresses, long deadline)
      throws IOException {
    IOException last = new IOException("no address could be tried in time");
    for (InetAddress address : addresses.subList(0, Math.min(addresses.size(), MAX_ADDRESSES))) {
      long left = Duration.ofNanos(deadline - System.nanoTime()).toMillis();
      if (left <= 0) {
        break;
      }
      Socket socket = new Socket(java.net.Proxy.NO_PROXY);
      try {
        socket.connect(
            new InetSocketAddress(address, url.port()), (int) Math.min(left, Integer.MAX_VALUE));
        socket.setTcpNoDelay(true);
        return socket;
      } catch (IOException e) {
        socket.close();
        last = e;
      }
    }
    throw last;
  }

  private static SSLSocket secured(Socket plain, HttpsUrl url, ServerTrust trust)
      throws IOException {
    SSLSocket socket =
        (SSLSocket)
            trust.context().getSocketFactory().createSocket(plain, url.host(), url.port(), true);
    SSLParameters parameters = socket.getSSLParameters();
    parameters.setProtocols(new String[] {"TLSv1.3", "TLSv1.2"});
    if (trust.byHostName()) {
      parameters.setEndpointIdentificationAlgorithm("HTTPS");
    }
    if (!url.isAddress()) {
      parameters.setServerNames(List.of(new SNIHostName(url.host())));
    }
    socket.setSSLParameters(parameters);
    return socket;
  }

  private static void send(SSLSocket socket, HttpsUrl url, String accept) throws IOException {
    String request =
        String.join(
            "\r\n",
            "GET " + url.target() + " HTTP/1.1",
            "Host: " + url.authority(),
            "Accept: " + accept,
            "Accept-Encoding: identity",
            "User-Agent: alts-ca",
            "Connection: close",
            "",
            "");
    socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
    socket.getOutputStream().flush();
  }
}
