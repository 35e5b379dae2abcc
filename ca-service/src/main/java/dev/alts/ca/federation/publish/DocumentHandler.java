package dev.alts.ca.federation.publish;

import dev.alts.identity.Bytes;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import java.net.InetSocketAddress;
import java.util.Arrays;

/** Answers the requests of one connection. */
final class DocumentHandler extends SimpleChannelInboundHandler<FullHttpRequest> {
  private static final int MAX_REQUESTS = 100;

  private final PublicPort.Content content;
  private int requests;

  DocumentHandler(PublicPort.Content content) {
    this.content = content;
  }

  @Override
  protected void channelRead0(ChannelHandlerContext context, FullHttpRequest request) {
    requests++;
    boolean head = request.method().equals(HttpMethod.HEAD);
    FullHttpResponse answer = answer(context, request, head);
    answer.headers().set("X-Content-Type-Options", "nosniff");
    boolean last =
        requests >= MAX_REQUESTS || !HttpUtil.isKeepAlive(request) || answer.status().code() >= 400;
    if (last) {
      answer.headers().set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
    }
    ChannelFuture sent = context.writeAndFlush(answer);
    if (last) {
      var _ = sent.addListener(ChannelFutureListener.CLOSE);
    }
  }

  private FullHttpResponse answer(
      ChannelHandlerContext context, FullHttpRequest request, boolean head) {
    if (request.decoderResult().isFailure()) {
      return empty(HttpResponseStatus.BAD_REQUEST);
    }
    if (context.channel().remoteAddress() instanceof InetSocketAddress source) {
      if (content.limit().isReached(source.getAddress())) {
        FullHttpResponse wait = empty(HttpResponseStatus.TOO_MANY_REQUESTS);
        wait.headers().set(HttpHeaderNames.RETRY_AFTER, 60);
        return wait;
      }
      content.limit().refused(source.getAddress());
    }
    if (!head && !request.method().equals(HttpMethod.GET)) {
      FullHttpResponse refused = empty(HttpResponseStatus.METHOD_NOT_ALLOWED);
      refused.headers().set(HttpHeaderNames.ALLOW, "GET, HEAD");
      return refused;
    }
    Representation document = content.documents().get().get(request.uri());
    return document == null
        ? empty(HttpResponseStatus.NOT_FOUND)
        : document(document, request, head);
  }

  private static FullHttpResponse document(
      Representation document, FullHttpRequest request, boolean head) {
    boolean known =
        Arrays.stream(request.headers().get(HttpHeaderNames.IF_NONE_MATCH, "").split(",", 8))
            .map(String::strip)
            .anyMatch(tag -> tag.equals(document.tag()) || tag.equals("*"));
    FullHttpResponse answer =
        known
            ? empty(HttpResponseStatus.NOT_MODIFIED)
            : full(HttpResponseStatus.OK, head ? Bytes.empty() : document.body());
    answer
        .headers()
        .set(HttpHeaderNames.ETAG, document.tag())
        .set(HttpHeaderNames.CACHE_CONTROL, "public, max-age=" + document.maxAge().toSeconds());
    if (!known) {
      answer
          .headers()
          .set(HttpHeaderNames.CONTENT_TYPE, document.mediaType())
          .set(HttpHeaderNames.CONTENT_LENGTH, document.body().length());
    }
    return answer;
  }

  private static FullHttpResponse empty(HttpResponseStatus status) {
    return full(status, Bytes.empty());
  }

  private static FullHttpResponse full(HttpResponseStatus status, Bytes body) {
    ByteBuf content = Unpooled.wrappedBuffer(body.asByteBuffer());
    FullHttpResponse answer = new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, status, content);
    HttpUtil.setContentLength(answer, body.length());
    return answer;
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    // A stranger's connection that breaks, times out or speaks something else: nobody's concern.
    var _ = context.close();
  }
}
