package dev.alts.resumption;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.alts.crypto.Crypto;
import dev.alts.identity.Bytes;
import dev.alts.identity.SecretBytes;
import dev.alts.identity.SpiffeId;
import dev.alts.peer.ResumptionKey;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Tickets of the frozen vectors: sealed bit for bit, opened, and decoded to the same body. */
class TicketVectorTest {
  static List<String> files() {
    return List.of(
        "full_hybrid",
        "full_classical",
        "resumed_fs_full_offer",
        "resumed_fs_lean",
        "resumed_symmetric",
        "rejected_then_full");
  }

  @ParameterizedTest
  @MethodSource("files")
  void ticketIsTheVectorsAndOpensToItsBody(String file) throws IOException {
    JsonObject json = read(file);
    JsonObject expected = json.getAsJsonObject("expect").getAsJsonObject("new_ticket");
    JsonObject server = json.getAsJsonObject("server");
    Bytes ticket = hex(json.getAsJsonObject("expect").getAsJsonObject("client_ticket"), "ticket");
    TicketSealer sealer =
        new TicketSealer(
            Crypto.best(),
            SpiffeId.parse(server.get("spiffe_id").getAsString()),
            server.get("boundary").getAsString());
    ResumptionKey key =
        new ResumptionKey(
            SecretBytes.adopt(hex(expected, "resumption_key").toByteArray()),
            0,
            Instant.EPOCH,
            Instant.MAX,
            Instant.MAX);
    byte[] body = hex(expected, "body").toByteArray();

    Bytes sealed = sealer.seal(key, hex(expected, "salt").toByteArray(), body);

    assertThat(sealed).isEqualTo(ticket);
    assertThat(sealer.open(key, ticket))
        .hasValueSatisfying(opened -> assertThat(opened).isEqualTo(body));
    Optional<ResumptionTicket> decoded = TicketBodyCodec.decode(body);
    assertThat(decoded).isPresent();
    Instant sealedAt =
        Instant.ofEpochSecond(expected.getAsJsonObject("body_fields").get("sealed_at").getAsLong());
    assertThat(TicketBodyCodec.encode(decoded.get(), sealedAt)).isEqualTo(body);
  }

  private static JsonObject read(String file) throws IOException {
    try (Reader reader =
        new InputStreamReader(
            TicketVectorTest.class.getResourceAsStream(
                "/vectors/alts-handshake-v1/" + file + ".json"),
            StandardCharsets.UTF_8)) {
      return JsonParser.parseReader(reader).getAsJsonObject();
    }
  }

  private static Bytes hex(JsonObject object, String member) {
    return Bytes.fromHex(object.get(member).getAsString());
  }
}
