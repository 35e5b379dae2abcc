package dev.alts.crypto;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import dev.alts.testing.TestVectors;
import java.util.ArrayList;
import java.util.List;

/** Cases of a Wycheproof file, each with its group. */
final class WycheproofCases {
  /** One case. */
  record Case(JsonObject group, JsonObject test) {
    String id() {
      return "case " + test.get("tcId").getAsInt();
    }

    byte[] hex(String member) {
      return TestVectors.hex(test, member);
    }

    int groupInt(String member) {
      return group.get(member).getAsInt();
    }

    boolean isValid() {
      return test.get("result").getAsString().equals("valid");
    }

    boolean hasFlag(String flag) {
      for (JsonElement element : test.getAsJsonArray("flags")) {
        if (element.getAsString().equals(flag)) {
          return true;
        }
      }
      return false;
    }
  }

  private WycheproofCases() {}

  static List<Case> read(String file) {
    List<Case> cases = new ArrayList<>();
    for (JsonElement group : TestVectors.read("wycheproof/" + file).getAsJsonArray("testGroups")) {
      for (JsonElement test : group.getAsJsonObject().getAsJsonArray("tests")) {
        cases.add(new Case(group.getAsJsonObject(), test.getAsJsonObject()));
      }
    }
    return cases;
  }
}
