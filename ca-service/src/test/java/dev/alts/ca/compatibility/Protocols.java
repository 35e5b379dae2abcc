package dev.alts.ca.compatibility;

import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import com.google.protobuf.DescriptorProtos.FileDescriptorSet;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.DescriptorValidationException;
import com.google.protobuf.Descriptors.EnumDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.FileDescriptor;
import com.google.protobuf.Descriptors.MethodDescriptor;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/** Descriptors of all protocols, of this build or of an earlier version. */
public final class Protocols {
  private final List<FileDescriptor> files;

  private Protocols(List<FileDescriptor> files) {
    this.files = files;
  }

  static Protocols of(FileDescriptor... files) {
    return new Protocols(List.of(files));
  }

  /** {@return what {@code compatibility/NAME.protos.binpb} holds, the answer of protoc} */
  public static Protocols kept(String name) {
    String resource = "/compatibility/" + name + ".protos.binpb";
    try (InputStream in = Protocols.class.getResourceAsStream(resource)) {
      if (in == null) {
        throw new IllegalStateException(resource + ": missing");
      }
      return new Protocols(link(FileDescriptorSet.parseFrom(in).getFileList()));
    } catch (IOException | DescriptorValidationException e) {
      throw new IllegalStateException(resource, e);
    }
  }

  private static List<FileDescriptor> link(List<FileDescriptorProto> protos)
      throws DescriptorValidationException {
    Map<String, FileDescriptor> linked = new HashMap<>();
    List<FileDescriptorProto> waiting = new ArrayList<>(protos);
    while (!waiting.isEmpty()) {
      FileDescriptorProto next =
          waiting.stream()
              .filter(proto ->
                  protos.stream()
                      .map(FileDescriptorProto::getName)
                      .filter(proto.getDependencyList()::contains)
                      .allMatch(linked::containsKey))
              .findFirst()
              .orElseThrow();
      FileDescriptor[] dependencies =
          next.getDependencyList().stream()
              .map(name -> linked.getOrDefault(name, WELL_KNOWN.get(name)))
              .toArray(FileDescriptor[]::new);
      linked.put(next.getName(), FileDescriptor.buildFrom(next, dependencies));
      waiting.remove(next);
    }
    return List.copyOf(linked.values());
  }

  private static final Map<String, FileDescriptor> WELL_KNOWN =
      Map.of(
          "google/protobuf/struct.proto", com.google.protobuf.StructProto.getDescriptor(),
          "google/protobuf/duration.proto", com.google.protobuf.DurationProto.getDescriptor(),
          "google/protobuf/timestamp.proto", com.google.protobuf.TimestampProto.getDescriptor());

  /** {@return the message with this full name} */
  public Descriptor message(String name) {
    return files.stream()
        .flatMap(file -> file.getMessageTypes().stream())
        .filter(type -> type.getFullName().equals(name))
        .findFirst()
        .orElseThrow();
  }

  /** {@return one line for each thing that a peer may rely on} */
  TreeSet<String> promises() {
    TreeSet<String> promises = new TreeSet<>();
    for (FileDescriptor file : files) {
      messages(file.getMessageTypes(), promises);
      enums(file.getEnumTypes(), promises);
      file.getServices()
          .forEach(
              service -> service.getMethods().forEach(method -> promises.add(promise(method))));
    }
    return promises;
  }

  private static void messages(Collection<Descriptor> types, TreeSet<String> promises) {
    for (Descriptor type : types) {
      promises.add("message " + type.getFullName());
      type.getFields().forEach(field -> promises.add(promise(field)));
      messages(type.getNestedTypes(), promises);
      enums(type.getEnumTypes(), promises);
    }
  }

  private static void enums(Collection<EnumDescriptor> types, TreeSet<String> promises) {
    for (EnumDescriptor type : types) {
      type.getValues()
          .forEach(
              value -> promises.add("value " + value.getFullName() + " = " + value.getNumber()));
    }
  }

  private static String promise(FieldDescriptor field) {
    String type =
        switch (field.getJavaType()) {
          case MESSAGE -> field.getMessageType().getFullName();
          case ENUM -> field.getEnumType().getFullName();
          default -> field.getType().name();
        };
    return "field %s = %d, %s%s%s%s"
        .formatted(
            field.getFullName(),
            field.getNumber(),
            field.isRepeated() ? "repeated " : "",
            field.hasPresence() ? "optional " : "",
            type,
            field.getRealContainingOneof() == null
                ? ""
                : ", one of " + field.getRealContainingOneof().getName());
  }

  private static String promise(MethodDescriptor method) {
    return "method %s (%s%s) returns (%s%s)"
        .formatted(
            method.getFullName(),
            method.isClientStreaming() ? "stream " : "",
            method.getInputType().getFullName(),
            method.isServerStreaming() ? "stream " : "",
            method.getOutputType().getFullName());
  }
}
