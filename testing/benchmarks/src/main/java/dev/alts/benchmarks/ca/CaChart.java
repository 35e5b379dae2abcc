package dev.alts.benchmarks.ca;

import java.util.List;

/** An SVG of bars: where the CPU time of one certificate goes, beside its cryptography alone. */
final class CaChart {
  private static final int ROW_HEIGHT = 22;
  private static final int LABEL_WIDTH = 420;
  private static final int BAR_WIDTH = 460;
  private static final int TOP = 34;

  /** What takes longer is cut off here, or ours could not be told from each other. */
  private static final double MOST_MICROS = 600;

  private static final String CA = "#1b9e77";
  private static final String DATABASE = "#7570b3";
  private static final String LOAD = "#bbbbbb";

  private CaChart() {}

  static String of(CryptoFloor floor, List<Measured> rows) {
    int height = TOP + ROW_HEIGHT * (rows.size() + 1) + 10;
    int width = LABEL_WIDTH + BAR_WIDTH + 90;
    StringBuilder svg = new StringBuilder();
    svg.append(
        """
        <svg xmlns="http://www.w3.org/2000/svg" width="%d" height="%d" viewBox="0 0 %d %d" font-family="sans-serif" font-size="12">
        <rect width="100%%" height="100%%" fill="white"/>
        <text x="10" y="18" font-weight="bold">Microseconds of CPU for one certificate: CA (green), PostgreSQL (violet), load generator (grey); cut off at %.0f</text>
        """
            .formatted(width, height, width, height, MOST_MICROS));
    row(svg, TOP, "its cryptography alone: signature and verification", floor.micros(), 0, 0);
    int y = TOP;
    for (Measured row : rows) {
      y += ROW_HEIGHT;
      row(svg, y, row.what(), row.caMicros(), row.databaseMicros(), row.loadMicros());
    }
    return svg.append("</svg>\n").toString();
  }

  private static void row(
      StringBuilder svg, int y, String label, double ca, double database, double load) {
    svg.append(
        "<text x=\"%d\" y=\"%d\" text-anchor=\"end\">%s</text>\n"
            .formatted(LABEL_WIDTH - 8, y + 12, label));
    bar(svg, y, 0, ca, CA);
    bar(svg, y, ca, ca + database, DATABASE);
    bar(svg, y, ca + database, ca + database + load, LOAD);
    double all = ca + database + load;
    svg.append("<text x=\"%d\" y=\"%d\">%,.0f</text>\n".formatted(x(all) + 5, y + 12, all));
  }

  private static void bar(StringBuilder svg, int y, double from, double to, String color) {
    if (x(to) > x(from)) {
      svg.append(
          "<rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"14\" fill=\"%s\"/>\n"
              .formatted(x(from), y + 1, x(to) - x(from), color));
    }
  }

  private static int x(double micros) {
    return LABEL_WIDTH + (int) Math.round(BAR_WIDTH * Math.min(micros, MOST_MICROS) / MOST_MICROS);
  }
}
