package dev.alts.benchmarks;

import java.util.List;

/** An SVG of bars: ratio to the best competitor, a tick where the target is, a line at 1. */
final class RatioChart {
  private static final int ROW_HEIGHT = 22;
  private static final int LABEL_WIDTH = 520;
  private static final int BAR_WIDTH = 400;
  private static final int TOP = 34;
  private static final double MOST = 2.0;

  private RatioChart() {}

  static String of(List<Committed.Ratio> ratios) {
    int height = TOP + ROW_HEIGHT * ratios.size() + 10;
    int width = LABEL_WIDTH + BAR_WIDTH + 70;
    StringBuilder svg = new StringBuilder();
    svg.append(
        """
        <svg xmlns="http://www.w3.org/2000/svg" width="%d" height="%d" viewBox="0 0 %d %d" font-family="sans-serif" font-size="12">
        <rect width="100%%" height="100%%" fill="white"/>
        <text x="10" y="18" font-weight="bold">ALTS divided by the best competitor: CPU time or garbage (less is better), throughput (blue, more is better); tick: target, orange: missed</text>
        """
            .formatted(width, height, width, height));
    int y = TOP;
    for (Committed.Ratio ratio : ratios) {
      bar(svg, ratio, y);
      y += ROW_HEIGHT;
    }
    svg.append(
        "<line x1=\"%d\" y1=\"%d\" x2=\"%d\" y2=\"%d\" stroke=\"#555\" stroke-dasharray=\"3 3\"/>\n"
            .formatted(x(1), TOP - 6, x(1), height - 10));
    return svg.append("</svg>\n").toString();
  }

  private static void bar(StringBuilder svg, Committed.Ratio ratio, int y) {
    svg.append(
        """
        <text x="%d" y="%d" text-anchor="end">%s</text>
        <rect x="%d" y="%d" width="%d" height="14" fill="%s"/>
        <text x="%d" y="%d">%.2f</text>
        """
            .formatted(
                LABEL_WIDTH - 8,
                y + 12,
                ratio.title(),
                LABEL_WIDTH,
                y + 1,
                x(ratio.ratio()) - LABEL_WIDTH,
                color(ratio),
                x(ratio.ratio()) + 5,
                y + 12,
                ratio.ratio()));
    if (ratio.reach() > 0) {
      svg.append(
          "<line x1=\"%d\" y1=\"%d\" x2=\"%d\" y2=\"%d\" stroke=\"black\" stroke-width=\"2\"/>\n"
              .formatted(x(ratio.reach()), y - 2, x(ratio.reach()), y + 18));
    }
  }

  private static String color(Committed.Ratio ratio) {
    if (ratio.missed()) {
      return "#d95f02";
    }
    return ratio.lessBetter() ? "#1b9e77" : "#1f78b4";
  }

  private static int x(double ratio) {
    return LABEL_WIDTH + (int) Math.round(BAR_WIDTH * Math.min(ratio, MOST) / MOST);
  }
}
