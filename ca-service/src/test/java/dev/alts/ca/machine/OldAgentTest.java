package dev.alts.ca.machine;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.DynamicMessage;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.UnknownFieldSet;
import dev.alts.api.machine.v1.GetTrustDocumentRequest;
import dev.alts.api.machine.v1.IssueRequest;
import dev.alts.api.machine.v1.MachineGrpc;
import dev.alts.api.machine.v1.RenewRequest;
import dev.alts.api.machine.v1.WatchRequest;
import dev.alts.ca.compatibility.Protocols;
import dev.alts.identity.crypto.EcdsaP256;
import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor;
import io.grpc.stub.ClientCalls;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.security.SecureRandom;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * An agent of an earlier version, as far as the wire shows it: it knows no message but by the
 * descriptors of its time, can say nothing that these lack, and reads answers by them alone.
 */
@Tag("abuse-56")
class OldAgentTest {
  @ParameterizedTest
  @ValueSource(strings = {"issue-3", "issue-5"})
  void anOldAgentIsServedByThisCa(String version) {
    Protocols then = Protocols.kept(version);
    try (MachineCa ca = MachineCa.start()) {
      ca.apply(MachineCa.WEB);
      RawAgent agent = ca.attested("old");
      ManagedChannel channel = agent.channel();

      Message document =
          call(
              then,
              channel,
              MachineGrpc.getGetTrustDocumentMethod(),
              GetTrustDocumentRequest.getDefaultInstance());
      assertThat(bytes(child(document, "trust_document"), "body")).isNotEmpty();

      Message issued =
          call(
              then,
              channel,
              MachineGrpc.getIssueMethod(),
              IssueRequest.newBuilder().addItems(RawAgent.itemOf(1000)).build());
      Message grant = child(children(issued, "outcomes").getFirst(), "grant");
      assertThat((List<?>) get(child(grant, "certificate"), "chain")).isNotEmpty();

      Message renewed =
          call(
              then,
              channel,
              MachineGrpc.getRenewMethod(),
              RenewRequest.newBuilder()
                  .setKeys(RawAgent.keys(EcdsaP256.best().generateKeyPair(new SecureRandom())))
                  .setIdempotencyKey(RawAgent.idempotencyKey())
                  .build());
      assertThat(
              child(renewed, "credentials")
                  .hasField(field(child(renewed, "credentials"), "master")))
          .isTrue();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"issue-3", "issue-5"})
  void everyUpdateThatAnOldAgentKnowsReachesIt(String version) {
    Protocols then = Protocols.kept(version);
    try (MachineCa ca = MachineCa.start()) {
      ca.apply(MachineCa.WEB);
      ManagedChannel channel = ca.attested("old").channel();
      Iterator<Message> updates =
          ClientCalls.blockingServerStreamingCall(
              channel,
              old(then, MachineGrpc.getWatchMethod()),
              CallOptions.DEFAULT.withDeadlineAfter(60, TimeUnit.SECONDS),
              asOldSays(then, WatchRequest.newBuilder().setAgentVersion("0.1").build()));

      Set<String> known = new HashSet<>();
      Message update = updates.next();
      while (!update.hasField(field(update, "caught_up"))) {
        update.getAllFields().keySet().forEach(field -> known.add(field.getName()));
        update = updates.next();
      }

      assertThat(known)
          .contains("trust_document", "revocation_list", "naming_policy", "record_policy", "rules");
    }
  }

  private static Message call(
      Protocols then, ManagedChannel channel, MethodDescriptor<?, ?> method, Message request) {
    return ClientCalls.blockingUnaryCall(
        channel,
        old(then, method),
        CallOptions.DEFAULT.withDeadlineAfter(60, TimeUnit.SECONDS),
        asOldSays(then, request));
  }

  /** {@return the request as the old agent has it} It must not need a field of today. */
  private static Message asOldSays(Protocols then, Message request) {
    try {
      DynamicMessage said =
          DynamicMessage.parseFrom(
              then.message(request.getDescriptorForType().getFullName()), request.toByteString());
      assertThat(said.getUnknownFields()).isEqualTo(UnknownFieldSet.getDefaultInstance());
      return said;
    } catch (InvalidProtocolBufferException e) {
      throw new AssertionError(e);
    }
  }

  private static MethodDescriptor<Message, Message> old(
      Protocols then, MethodDescriptor<?, ?> method) {
    String name = method.getBareMethodName();
    return MethodDescriptor.<Message, Message>newBuilder()
        .setFullMethodName(method.getFullMethodName())
        .setType(method.getType())
        .setRequestMarshaller(
            new OldMarshaller(then.message("alts.machine.v1." + name + "Request")))
        .setResponseMarshaller(
            new OldMarshaller(then.message("alts.machine.v1." + name + "Response")))
        .build();
  }

  private record OldMarshaller(Descriptor type) implements MethodDescriptor.Marshaller<Message> {
    @Override
    public InputStream stream(Message message) {
      return new ByteArrayInputStream(message.toByteArray());
    }

    @Override
    public Message parse(InputStream stream) {
      try {
        return DynamicMessage.parseFrom(type, stream);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  private static com.google.protobuf.Descriptors.FieldDescriptor field(Message of, String name) {
    return of.getDescriptorForType().findFieldByName(name);
  }

  private static Object get(Message of, String name) {
    return of.getField(field(of, name));
  }

  private static Message child(Message of, String name) {
    return (Message) get(of, name);
  }

  private static List<Message> children(Message of, String name) {
    return ((List<?>) get(of, name)).stream().map(Message.class::cast).toList();
  }

  private static byte[] bytes(Message of, String name) {
    return ((ByteString) get(of, name)).toByteArray();
  }
}
