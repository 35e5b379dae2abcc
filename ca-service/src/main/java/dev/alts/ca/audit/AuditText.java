package dev.alts.ca.audit;

import java.lang.reflect.Method;
import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.json.JsonMapper;

/** One text for one event: its components in the order in which they are declared. */
final class AuditText {
  private static final JsonMapper JSON = JsonMapper.builder().build();

  /** Looked up once for each type: to ask the JVM anew costs more than the rest of an event. */
  private static final ClassValue<List<Method>> ACCESSORS =
      new ClassValue<>() {
        @Override
        protected List<Method> computeValue(Class<?> type) {
          return Arrays.stream(type.getRecordComponents())
              .map(RecordComponent::getAccessor)
              .toList();
        }
      };

  private AuditText() {}

  static String typeOf(AuditEvent event) {
    return event.getClass().getSimpleName();
  }

  static String bodyOf(AuditEvent event) {
    Map<String, Object> body = new LinkedHashMap<>();
    for (Method accessor : ACCESSORS.get(event.getClass())) {
      try {
        body.put(accessor.getName(), plain(accessor.invoke(event)));
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
