package dev.alts.demo.workload;

import com.google.protobuf.StringValue;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.protobuf.ProtoUtils;

/**
 * The service {@code alts.demo.Payments}: Pay tells its caller whom it saw, Watch tells it once and
 * then stays open.
 */
final class Payments {
  static final String SERVICE = "alts.demo.Payments";

  static final MethodDescriptor<StringValue, StringValue> PAY =
      MethodDescriptor.<StringValue, StringValue>newBuilder()
          .setType(MethodType.UNARY)
          .setFullMethodName(MethodDescriptor.generateFullMethodName(SERVICE, "Pay"))
          .setRequestMarshaller(ProtoUtils.marshaller(StringValue.getDefaultInstance()))
          .setResponseMarshaller(ProtoUtils.marshaller(StringValue.getDefaultInstance()))
          .build();

  static final MethodDescriptor<StringValue, StringValue> WATCH =
      PAY.toBuilder()
          .setType(MethodType.SERVER_STREAMING)
          .setFullMethodName(MethodDescriptor.generateFullMethodName(SERVICE, "Watch"))
          .build();

  private Payments() {}
}
