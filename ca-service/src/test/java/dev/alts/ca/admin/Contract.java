package dev.alts.ca.admin;

import com.networknt.schema.Error;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SchemaRegistryConfig;
import com.networknt.schema.dialect.Dialects;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URLDecoder;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodySubscribers;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Flow;
import java.util.regex.Pattern;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * {@code openapi.yaml} as something that requests and answers are held against. Stricter than the
 * file: an answer may have no member that is not described, so that nothing is forgotten in it.
 */
public final class Contract {
  private static final String ID = "https://alts.test/openapi";
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final Contract OURS = read();

  private final JsonNode description;
  private final SchemaRegistry schemas;
  private final Map<String, Schema> known = new ConcurrentHashMap<>();

  /** A described operation. */
  record Described(String method, String path, JsonNode operation, String pointer) {}

  private Contract(JsonNode description) {
    this.description = description;
    this.schemas =
        SchemaRegistry.withDefaultDialect(
            Dialects.getOpenApi31(),
            builder ->
                builder
                    .schemas(Map.of(ID, JSON.writeValueAsString(description)))
                    .schemaRegistryConfig(
                        SchemaRegistryConfig.builder().formatAssertionsEnabled(true).build()));
  }

  /** {@return the description of the admin port} */
  public static Contract ours() {
    return OURS;
  }

  private static Contract read() {
    try (InputStream file = DescriptionEndpoint.class.getResourceAsStream("openapi.yaml")) {
      Object yaml = new Yaml(new SafeConstructor(new LoaderOptions())).load(file);
      JsonNode description = JSON.valueToTree(yaml);
      close(description);
      return new Contract(description);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** No object has members that are not described, unless it is described as a map. */
  private static void close(JsonNode node) {
    if (node instanceof ObjectNode object
        && object.path("properties").isObject()
        && object.path("type").toString().contains("object")
        && !object.has("additionalProperties")) {
      object.put("additionalProperties", false);
    }
    node.forEach(Contract::close);
  }

  List<Described> operations() {
    List<Described> operations = new ArrayList<>();
    description
        .get("paths")
        .properties()
        .forEach(path ->
            path.getValue()
                .properties()
                .forEach(operation -> {
                  if (!operation.getKey().equals("parameters")) {
                    operations.add(
                        new Described(
                            operation.getKey().toUpperCase(Locale.ROOT),
                            path.getKey(),
                            operation.getValue(),
                            "/paths/%s/%s".formatted(escape(path.getKey()), operation.getKey())));
                  }
                }));
    return operations;
  }

  /** {@return the operation of this path; a name goes before a variable} */
  Optional<Described> find(String method, String path) {
    return operations().stream()
        .filter(operation -> operation.method.equals(method))
        .filter(operation -> pattern(operation.path).matcher(path).matches())
        .min(
            Comparator.comparingLong(
                operation -> operation.path.chars().filter(c -> c == '{').count()));
  }

  private static Pattern pattern(String path) {
    StringBuilder pattern = new StringBuilder();
    for (String segment : path.substring(1).split("/")) {
      pattern.append('/').append(segment.startsWith("{") ? "[^/]+" : Pattern.quote(segment));
    }
    return Pattern.compile(pattern.toString());
  }

  /** Fails if the answer, or a request that was accepted, is not as described. */
  public void check(HttpRequest request, HttpResponse<?> answer) {
    List<String> wrong = new ArrayList<>();
    Optional<Described> operation = find(request.method(), request.uri().getRawPath());
    boolean accepted = answer.statusCode() / 100 == 2;
    if (operation.isEmpty()) {
      if (accepted) {
        wrong.add("not described at all");
      }
    } else if (accepted) {
      checkQuery(operation.get(), request.uri(), wrong);
      checkBody(operation.get(), request, wrong);
    }
    if (!request.method().equals("HEAD")) {
      checkAnswer(operation, answer, wrong);
    }
    if (!wrong.isEmpty()) {
      throw new AssertionError(
          "%s %s -> %d is not what openapi.yaml describes:%n%s%n%s"
              .formatted(
                  request.method(),
                  request.uri(),
                  answer.statusCode(),
                  String.join("\n", wrong),
                  answer.body()));
    }
  }

  private void checkQuery(Described operation, URI uri, List<String> wrong) {
    Map<String, JsonNode> described = new LinkedHashMap<>();
    Map<String, String> pointers = new LinkedHashMap<>();
    JsonNode parameters = operation.operation.path("parameters");
    for (int i = 0; i < parameters.size(); i++) {
      String pointer = resolve(operation.pointer + "/parameters/" + i);
      JsonNode parameter = description.at(pointer);
      if (parameter.get("in").asString().equals("query")) {
        described.put(parameter.get("name").asString(), parameter);
        pointers.put(parameter.get("name").asString(), pointer + "/schema");
      }
    }
    List<String> given = new ArrayList<>();
    String query = uri.getRawQuery();
    for (String pair : query == null ? new String[0] : query.split("&")) {
      int equals = pair.indexOf('=');
      String name = equals < 0 ? pair : pair.substring(0, equals);
      String value =
          URLDecoder.decode(equals < 0 ? "" : pair.substring(equals + 1), StandardCharsets.UTF_8);
      given.add(name);
      JsonNode parameter = described.get(name);
      if (parameter == null) {
        wrong.add("query parameter \"%s\" is not described".formatted(name));
      } else if (!value.isEmpty() && !isArray(parameter)) {
        validate(pointers.get(name), asNode(parameter, value), "query parameter " + name, wrong);
      }
    }
    described.forEach((name, parameter) -> {
      if (parameter.path("required").asBoolean(false) && !given.contains(name)) {
        wrong.add("query parameter \"%s\" is not required after all".formatted(name));
      }
    });
  }

  private static boolean isArray(JsonNode parameter) {
    return parameter.at("/schema/type").asString("").equals("array");
  }

  private static JsonNode asNode(JsonNode parameter, String value) {
    return parameter.at("/schema/type").asString("").equals("integer")
        ? JSON.readTree(value)
        : JSON.valueToTree(value);
  }

  private void checkBody(Described operation, HttpRequest request, List<String> wrong) {
    Optional<String> body = body(request);
    JsonNode described = operation.operation.path("requestBody");
    if (body.isEmpty()) {
      if (described.path("required").asBoolean(false)) {
        wrong.add("a body is not required after all");
      }
      return;
    }
    if (described.isMissingNode()) {
      wrong.add("no body is described");
      return;
    }
    String pointer =
        resolve(operation.pointer + "/requestBody") + "/content/application~1json/schema";
    validate(pointer, JSON.readTree(body.get()), "request", wrong);
  }

  private void checkAnswer(
      Optional<Described> operation, HttpResponse<?> answer, List<String> wrong) {
    String type = answer.headers().firstValue("Content-Type").orElse("").replaceAll(";.*", "");
    String pointer = "/components/responses/Problem";
    if (operation.isPresent()) {
      String responses = operation.get().pointer + "/responses/";
      String exact = responses + answer.statusCode();
      if (description.at(exact).isMissingNode() && answer.statusCode() < 400) {
        wrong.add("the status is not described");
        return;
      }
      pointer = resolve(description.at(exact).isMissingNode() ? responses + "default" : exact);
    }
    JsonNode response = description.at(pointer);
    response
        .path("headers")
        .properties()
        .forEach(header -> {
          if (isRequired(header.getValue())
              && answer.headers().firstValue(header.getKey()).isEmpty()) {
            wrong.add("header %s is missing".formatted(header.getKey()));
          }
        });
    if (type.isEmpty() && response.path("content").isMissingNode()) {
      return;
    }
    JsonNode content = response.path("content").path(type);
    if (content.isMissingNode()) {
      wrong.add("Content-Type \"%s\" is not described".formatted(type));
    } else if (type.endsWith("json") && answer.body() instanceof String text) {
      validate(
          "%s/content/%s/schema".formatted(pointer, escape(type)),
          JSON.readTree(text),
          "answer",
          wrong);
    }
  }

  private boolean isRequired(JsonNode header) {
    JsonNode target =
        header.has("$ref") ? description.at(header.get("$ref").asString().substring(1)) : header;
    return target.path("required").asBoolean(false);
  }

  private void validate(String pointer, JsonNode value, String what, List<String> wrong) {
    Schema schema =
        known.computeIfAbsent(pointer, p -> schemas.getSchema(SchemaLocation.of(ID + "#" + p)));
    for (Error error : schema.validate(value)) {
      wrong.add("%s: %s".formatted(what, error));
    }
  }

  /** {@return the pointer to what is there, behind a reference if there is one} */
  private String resolve(String pointer) {
    JsonNode reference = description.at(pointer).path("$ref");
    return reference.isMissingNode() ? pointer : resolve(reference.asString().substring(1));
  }

  private static String escape(String name) {
    return name.replace("~", "~0").replace("/", "~1");
  }

  private static Optional<String> body(HttpRequest request) {
    return request
        .bodyPublisher()
        .map(publisher -> {
          var whole = BodySubscribers.ofString(StandardCharsets.UTF_8);
          publisher.subscribe(
              new Flow.Subscriber<ByteBuffer>() {
                @Override
                public void onSubscribe(Flow.Subscription subscription) {
                  whole.onSubscribe(subscription);
                }

                @Override
                public void onNext(ByteBuffer part) {
                  whole.onNext(List.of(part));
                }

                @Override
                public void onError(Throwable failure) {
                  whole.onError(failure);
                }

                @Override
                public void onComplete() {
                  whole.onComplete();
                }
              });
          return whole.getBody().toCompletableFuture().join();
        })
        .filter(text -> !text.isEmpty());
  }
}
