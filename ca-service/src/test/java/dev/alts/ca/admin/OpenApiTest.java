package dev.alts.ca.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.networknt.schema.InputFormat;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.dialect.Dialects;
import dev.alts.ca.admin.web.AdminOperations;
import dev.alts.ca.humans.EnrolmentPurpose;
import dev.alts.ca.humans.Permission;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.web.servlet.mvc.method.RequestMappingInfo;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerMapping;
import tools.jackson.databind.JsonNode;

/** The description says what there is, all of it and nothing else. */
class OpenApiTest {
  private static final RunningCa CA = RunningCa.get();
  private static HumanClient member;

  @BeforeAll
  static void aHumanLogsIn() {
    CA.forgetHumans();
    member = HumanClient.login(CA, EnrolmentTest.code(CA, "mallory", EnrolmentPurpose.MEMBER));
  }

  @AfterAll
  static void leaves() {
    member.close();
  }

  @Test
  void describesEveryOperationAndNoOther() {
    List<String> served = servedOperations().toList();

    assertThat(served)
        .allSatisfy(operation -> {
          String[] parts = operation.split(" ");
          assertThat(Contract.ours().find(parts[0], parts[1])).as(operation).isPresent();
        });
    assertThat(Contract.ours().operations())
        .allSatisfy(described ->
            assertThat(served)
                .as("%s %s is described", described.method(), described.path())
                .anyMatch(operation -> {
                  String[] parts = operation.split(" ");
                  return Contract.ours()
                      .find(parts[0], parts[1])
                      .filter(found -> found.pointer().equals(described.pointer()))
                      .isPresent();
                }));
  }

  @Test
  void saysOfEveryOperationThePermissionThatItTakes() {
    List<String> described =
        Contract.ours().operations().stream()
            .map(operation ->
                "%s %s %s"
                    .formatted(
                        operation.method(),
                        operation.path(),
                        operation.operation().path("x-alts-permission").asString("none")))
            .sorted()
            .toList();

    assertThat(described)
        .isEqualTo(
            AdminOperations.ALL.stream()
                .map(operation ->
                    "%s %s %s"
                        .formatted(
                            operation.method(), operation.path(), operation.permission().text()))
                .sorted()
                .toList());
  }

  @Test
  void everyPermissionHasAnOperationAndOnlyWhatAnyoneMayNeedsNoCertificate() {
    assertThat(AdminOperations.ALL.stream().map(AdminOperations.Operation::permission))
        .contains(Permission.values());
    assertThat(Contract.ours().operations())
        .allSatisfy(operation ->
            assertThat(operation.operation().has("security"))
                .as(operation.path())
                .isEqualTo(
                    operation.operation().get("x-alts-permission").asString().equals("anyone")));
  }

  @Test
  void everyOperationHasANameATagAndProblems() {
    List<Contract.Described> operations = Contract.ours().operations();

    assertThat(operations.stream().map(described -> described.operation().get("operationId")))
        .doesNotHaveDuplicates()
        .doesNotContainNull();
    assertThat(operations)
        .allSatisfy(described -> {
          assertThat(described.operation().get("summary").asString()).endsWith(".");
          assertThat(described.operation().at("/responses/default/$ref").asString())
              .isEqualTo("#/components/responses/Problem");
        });
  }

  @Test
  void everyHumanReadsItInBothForms() {
    HttpResponse<String> yaml = member.get("/v1/openapi.yaml");
    JsonNode json = HumanClient.json(member.get("/v1/openapi.json"));

    assertThat(yaml.body()).contains("openapi: 3.1.1");
    assertThat(json.get("openapi").asString()).isEqualTo("3.1.1");
    assertThat(json.get("paths").size()).isGreaterThan(40);
  }

  @Test
  void everySchemaOfItIsOne() {
    SchemaRegistry registry = SchemaRegistry.withDefaultDialect(Dialects.getDraft202012());
    var meta =
        registry.getSchema(SchemaLocation.of("https://json-schema.org/draft/2020-12/schema"));

    HumanClient.json(member.get("/v1/openapi.json"))
        .at("/components/schemas")
        .properties()
        .forEach(schema ->
            assertThat(meta.validate(schema.getValue().toString(), InputFormat.JSON))
                .as(schema.getKey())
                .isEmpty());
  }

  @Test
  void theContractSeesAMemberThatIsMissingAndOneTooMany() {
    HttpRequest request = member.request("/v1/openapi.json").GET().build();
    HttpRequest posted =
        member
            .request("/v1/openapi.json")
            .method("GET", BodyPublishers.ofString("{\"unknown\":1}"))
            .build();
    HttpResponse<String> answer = member.send(request);

    assertThatThrownBy(() -> Contract.ours().check(posted, answer))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("no body is described");
    assertThatThrownBy(
            () -> Contract.ours().check(member.request("/v1/humans").GET().build(), answer))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("items");
    assertThatThrownBy(() ->
            Contract.ours().check(member.request("/v1/openapi.json?x=1").GET().build(), answer))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("\"x\" is not described");
  }

  private static Stream<String> servedOperations() {
    return CA.beans(RequestMappingHandlerMapping.class).stream()
        .flatMap(mapping -> mapping.getHandlerMethods().entrySet().stream())
        .filter(entry -> entry.getValue().getBeanType().getName().startsWith("dev.alts."))
        .map(java.util.Map.Entry::getKey)
        .flatMap(OpenApiTest::operations)
        .filter(operation -> !operation.endsWith("/error"))
        .sorted(Comparator.naturalOrder());
  }

  private static Stream<String> operations(RequestMappingInfo mapping) {
    return Optional.ofNullable(mapping.getPathPatternsCondition()).stream()
        .flatMap(patterns -> patterns.getPatternValues().stream())
        .flatMap(path ->
            path.equals("/error")
                ? Stream.of("ANY /error")
                : mapping.getMethodsCondition().getMethods().stream()
                    .map(method -> method + " " + path));
  }
}
