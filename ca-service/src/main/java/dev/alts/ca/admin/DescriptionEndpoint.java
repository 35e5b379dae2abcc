package dev.alts.ca.admin;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import tools.jackson.databind.json.JsonMapper;

/** What this interface is, in OpenAPI 3.1: the file {@code openapi.yaml} beside this class. */
@RestController
class DescriptionEndpoint {
  private static final String FILE = "openapi.yaml";

  private final byte[] yaml;
  private final byte[] json;

  DescriptionEndpoint() {
    try (InputStream file =
        Objects.requireNonNull(DescriptionEndpoint.class.getResourceAsStream(FILE), FILE)) {
      yaml = file.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException("reading " + FILE, e);
    }
    Object description =
        new Yaml(new SafeConstructor(new LoaderOptions()))
            .load(new String(yaml, StandardCharsets.UTF_8));
    json = JsonMapper.builder().build().writeValueAsBytes(description);
  }

  @GetMapping("/v1/openapi.yaml")
  ResponseEntity<byte[]> readYaml() {
    return ResponseEntity.ok().contentType(MediaType.APPLICATION_YAML).body(yaml);
  }

  @GetMapping("/v1/openapi.json")
  ResponseEntity<byte[]> readJson() {
    return ResponseEntity.ok().contentType(MediaType.APPLICATION_JSON).body(json);
  }
}
