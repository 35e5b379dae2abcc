package dev.alts.handshake;

import static org.assertj.core.api.Assertions.assertThat;

import dev.alts.frame.AltsProtocolException;
import dev.alts.handshake.HandshakeStep.Established;
import dev.alts.handshake.HandshakeStep.Send;
import dev.alts.identity.Bytes;
import dev.alts.resumption.ResumptionOffer;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Bodies cut, doubled, spliced and overwritten at random (fixed seed), in frames of the right
 * length: nothing but protocol exceptions comes of it, and never a session.
 */
class HostileBytesTest {
  private static final int TRIES = 1_000;
  private static final int MANY_TRIES = 100_000;

  private final TestWorld world = new TestWorld();
  private final TestWorld.Party web = world.party("/web");
  private final TestWorld.Party db = world.party("/db");
  private final Random random = new Random(20_261_124);

  @Test
  void mutatedMessagesEndInProtocolExceptionsOnly() throws AltsProtocolException {
    mutate(TRIES);
  }

  @Test
  @Tag("fuzz")
  void manyMutatedMessagesEndInProtocolExceptionsOnly() throws AltsProtocolException {
    mutate(MANY_TRIES);
  }

  @Test
  void randomTicketsAreNeverTickets() {
    TicketProbe probe = new TicketProbe(world, db.snapshot());
    for (int length = 0; length < 4096; length += 31) {
      byte[] ticket = new byte[length];
      random.nextBytes(ticket);
      assertThat(probe.opens(Bytes.copyOf(ticket))).isFalse();
    }
  }

  private void mutate(int tries) throws AltsProtocolException {
    RecordingTickets tickets = new RecordingTickets(new ResumptionOffer.None());
    TestWorld.run(world.client(web.snapshot(), Negotiation.GRPC, tickets), world.server(db));
    Bytes full = ((Send) world.client(web).start()).flight();
    Bytes offer =
        ((Send)
                world
                    .client(
                        web.snapshot(),
                        Negotiation.GRPC,
                        new RecordingTickets(new ResumptionOffer.Full(tickets.stored().getLast())))
                    .start())
            .flight();
    for (int i = 0; i < tries; i++) {
      ServerHandshaker server = world.server(db);
      server.start();
      feed(server, mutated(i % 2 == 0 ? full : offer));
      server.close();

      ClientHandshaker client = world.client(web);
      Bytes clientInit = ((Send) client.start()).flight();
      ServerHandshaker honest = world.server(db);
      honest.start();
      Bytes flight = ((Send) honest.receive(clientInit.asByteBuffer())).flight();
      feed(client, mutated(flight));
      client.close();
    }
  }

  private static void feed(Handshaker handshaker, ByteBuffer in) {
    try {
      while (in.hasRemaining()) {
        HandshakeStep step = handshaker.receive(in);
        assertThat(step).isNotInstanceOf(Established.class);
        if (step instanceof Send) {
          return;
        }
      }
    } catch (AltsProtocolException e) {
      assertThat(e.getMessage()).isNotEmpty();
    }
  }

  /** {@return the first frame with its body mutated, and what followed it; never all the same} */
  private ByteBuffer mutated(Bytes flight) {
    ByteBuffer mutated = mutatedOrSame(flight.toByteArray());
    while (Bytes.copyOf(mutated).equals(flight)) {
      mutated = mutatedOrSame(flight.toByteArray());
    }
    return mutated;
  }

  private ByteBuffer mutatedOrSame(byte[] all) {
    int length = ByteBuffer.wrap(all).order(ByteOrder.LITTLE_ENDIAN).getInt() + 4;
    byte[] body = Arrays.copyOfRange(all, 8, length);
    for (int n = 1 + random.nextInt(3); n > 0; n--) {
      body = mutatedOnce(body);
    }
    return ByteBuffer.allocate(8 + body.length + all.length - length)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putInt(4 + body.length)
        .put(all, 4, 4)
        .put(body)
        .put(all, length, all.length - length)
        .flip();
  }

  private byte[] mutatedOnce(byte[] body) {
    if (body.length < 2) {
      return new byte[] {(byte) random.nextInt()};
    }
    int from = random.nextInt(body.length - 1);
    int to = from + 1 + random.nextInt(Math.min(64, body.length - from));
    byte[] piece = Arrays.copyOfRange(body, from, Math.min(to, body.length));
    return switch (random.nextInt(4)) {
      case 0 ->
          join(
              Arrays.copyOf(body, from),
              Arrays.copyOfRange(body, from + piece.length, body.length));
      case 1 -> join(Arrays.copyOf(body, from), piece, Arrays.copyOfRange(body, from, body.length));
      case 2 -> {
        random.nextBytes(piece);
        yield join(
            Arrays.copyOf(body, from),
            piece,
            Arrays.copyOfRange(body, from + piece.length, body.length));
      }
      default -> {
        byte[] changed = body.clone();
        changed[from] = (byte) random.nextInt();
        yield changed;
      }
    };
  }

  private static byte[] join(byte[]... parts) {
    int length = Arrays.stream(parts).mapToInt(part -> part.length).sum();
    ByteBuffer all = ByteBuffer.allocate(length);
    for (byte[] part : parts) {
      all.put(part);
    }
    return all.array();
  }
}
