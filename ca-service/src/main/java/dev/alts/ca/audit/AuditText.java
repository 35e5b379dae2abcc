package dev.alts.ca.audit;

import java.lang.reflect.RecordComponent;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.json.JsonMapper;

/** One text for one event: its components in the order in which they are declared. */
final class AuditText {
  private static final JsonMapper JSON = JsonMapper.builder().build();

  private AuditText() {}

  static String typeOf(AuditEvent event) {
    return event.getClass().getSimpleName();
  }

  static String bodyOf(AuditEvent event) {
    Map<String, Object> body = new LinkedHashMap<>();
    for (RecordComponent component : event.getClass().getRecordComponents()) {
      try {
        body.put(component.getName(), plain(component.getAccessor().invoke(event)));
      } catch (ReflectiveOperationException e) {
        throw new LinkageError("accessors of public records are public", e);
      }
    }
    return JSON.writeValueAsString(body);
  }

  private static Object plain(Object value) {
    return switch (value) {
      case Number number -> number;
      case Boolean flag -> flag;
      case List<?> list -> list.stream().map(AuditText::plain).toList();
      default -> value.toString();
    };
  }
}
