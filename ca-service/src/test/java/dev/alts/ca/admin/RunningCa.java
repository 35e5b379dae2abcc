package dev.alts.ca.admin;

import dev.alts.ca.CaApplication;
import dev.alts.ca.testing.AtTheEnd;
import dev.alts.ca.testing.CaTestDatabase;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.web.server.context.WebServerApplicationContext;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.jdbc.core.JdbcTemplate;

/** One complete CA for all tests of this JVM: a database of its own, real ports, real files. */
public final class RunningCa implements AutoCloseable {
  private static final class Holder {
    private static final RunningCa CA = start();
  }

  private final ConfigurableApplicationContext context;
  private final Path home;

  private RunningCa(ConfigurableApplicationContext context, Path home) {
    this.context = context;
    this.home = home;
  }

  public static RunningCa get() {
    return Holder.CA;
  }

  public <T> T bean(Class<T> type) {
    return context.getBean(type);
  }

  public <T> List<T> beans(Class<T> type) {
    return List.copyOf(context.getBeansOfType(type).values());
  }

  public JdbcTemplate jdbc() {
    return bean(JdbcTemplate.class);
  }

  public Path dataDirectory() {
    return home.resolve("data");
  }

  public Path operatorSocket() {
    return dataDirectory().resolve("operator.sock");
  }

  public int adminPort() {
    return ((WebServerApplicationContext) context).getWebServer().getPort();
  }

  public URI admin(String path) {
    return URI.create("https://127.0.0.1:" + adminPort() + path);
  }

  /** As if nobody had ever been here. */
  public void forgetHumans() {
    jdbc().execute("TRUNCATE human, enrolment_code, role_assignment, approval");
  }

  /** {@return another CA, with these properties; the caller closes it} */
  static RunningCa with(String... properties) {
    return start(List.of(properties));
  }

  /** Only for one of {@link #with}; the one for all tests ends with them. */
  @Override
  public void close() {
    context.close();
    delete(home);
  }

  private static RunningCa start() {
    RunningCa started = start(List.of());
    AtTheEnd.of(started::close);
    return started;
  }

  private static RunningCa start(List<String> more) {
    try {
      Path home = CaTestDatabase.newHome();
      List<String> properties = new ArrayList<>(CaTestDatabase.newDatabase());
      properties.add("alts.ca.trust-domain=test.alts");
      properties.add("alts.ca.data-directory=" + home.resolve("data"));
      properties.add("alts.ca.key-encryption-key-file=" + home.resolve("kek/key-encryption-key"));
      properties.add("alts.ca.machine.port=0");
      properties.add("server.port=0");
      properties.add("alts.ca.fetch.private-networks=127.0.0.0/8,::1/128");
      properties.add("alts.ca.operations.port=0");
      properties.add("alts.ca.crl.port=0");
      properties.add("spring.main.register-shutdown-hook=false");
      properties.addAll(more);
      ConfigurableApplicationContext context =
          SpringApplication.run(
              CaApplication.class,
              properties.stream().map(property -> "--" + property).toArray(String[]::new));
      return new RunningCa(context, home);
    } catch (IOException e) {
      throw new UncheckedIOException("starting the CA of the tests", e);
    }
  }

  private static void delete(Path root) {
    try (Stream<Path> below = Files.walk(root)) {
      for (Path path : below.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("deleting " + root, e);
    }
  }
}
