package dev.alts.handshake;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import dev.alts.frame.Alert;
import dev.alts.frame.AltsProtocolException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Frozen bytes that must be refused, each with the one alert that answers it. */
@Tag("abuse-32")
class NegativeVectorTest {
  static List<NegativeCase> cases() {
    JsonObject file = HandshakeVector.file("/vectors/negative-v1.json");
    List<NegativeCase> cases = new ArrayList<>();
    for (JsonElement element : file.getAsJsonArray("cases")) {
      JsonObject json = element.getAsJsonObject();
      JsonObject setting =
          file.getAsJsonObject("settings").getAsJsonObject(json.get("setting").getAsString());
      cases.add(new NegativeCase(HandshakeVector.of(setting), json));
    }
    return cases;
  }

  @ParameterizedTest
  @MethodSource("cases")
  void isRefusedWithItsAlert(NegativeCase negative) throws AltsProtocolException {
    assertThat(negative.answer()).contains(negative.alert());
  }

  @Test
  void settingsThemselvesSucceed() throws AltsProtocolException {
    JsonObject settings =
        HandshakeVector.file("/vectors/negative-v1.json").getAsJsonObject("settings");
    for (String name : settings.keySet()) {
      HandshakeVector setting = HandshakeVector.of(settings.getAsJsonObject(name));
      JsonObject expected = setting.expected().deepCopy();
      expected.remove("randomness");
      assertThat(
              FrozenHandshake.run(setting, setting.random("client"), setting.random("server"))
                  .observed())
          .isEqualTo(expected);
    }
  }

  @Test
  void everyAlertThatBytesAloneCanCauseHasACase() {
    assertThat(cases())
        .extracting(NegativeCase::alert)
        .contains(
            Alert.BAD_MESSAGE,
            Alert.UNSUPPORTED_VERSION,
            Alert.NO_COMMON_PARAMETERS,
            Alert.HANDSHAKE_FAILED,
            Alert.OVERLOADED,
            Alert.CERTIFICATE_EXPIRED,
            Alert.UNAUTHORIZED);
    assertThat(cases()).extracting(NegativeCase::name).doesNotHaveDuplicates();
  }
}
