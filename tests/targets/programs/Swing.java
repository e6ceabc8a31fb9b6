// SPDX-License-Identifier: MIT
// A Swing JTextArea, which answers as `answers.py` describes. Run from its source: `java Swing.java`.

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import javax.swing.JFrame;
import javax.swing.JScrollPane;
import javax.swing.JTextArea;
import javax.swing.SwingUtilities;
import javax.swing.event.DocumentEvent;
import javax.swing.event.DocumentListener;

public class Swing implements DocumentListener {
    private final JTextArea area = new JTextArea();
    private final SocketChannel channel;
    private int wanted = -1;

    private Swing() throws IOException {
        channel = SocketChannel.open(StandardProtocolFamily.UNIX);
        channel.connect(UnixDomainSocketAddress.of(System.getenv("TARGET_SOCKET")));
        var frame = new JFrame(System.getenv("TARGET_TITLE"));
        frame.add(new JScrollPane(area));
        frame.setSize(800, 600);
        area.setLineWrap(true);
        area.getDocument().addDocumentListener(this);
        frame.setVisible(true);
        area.requestFocusInWindow();
    }

    public static void main(String[] arguments) throws Exception {
        var made = new Swing[1];
        SwingUtilities.invokeAndWait(() -> {
            try {
                made[0] = new Swing();
            } catch (IOException problem) {
                throw new RuntimeException(problem);
            }
        });
        made[0].serve();
    }

    private void serve() throws IOException {
        var data = ByteBuffer.allocate(4096);
        var line = new StringBuilder();
        while (channel.read(data) >= 0) {
            for (char each : StandardCharsets.UTF_8.decode(data.flip()).toString().toCharArray()) {
                if (each != '\n') {
                    line.append(each);
                    continue;
                }
                var request = line.toString().split(" ");
                line.setLength(0);
                SwingUtilities.invokeLater(() -> handle(request));
            }
            data.clear();
        }
        System.exit(0);
    }

    private void handle(String[] request) {
        switch (request[0]) {
            case "text" -> {
                wanted = Integer.parseInt(request[1]);
                changed();
            }
            case "clear" -> {
                area.setText("");
                answer("\"\"");
            }
            default -> answer(String.valueOf(area.isFocusOwner()));
        }
    }

    private void changed() {
        var text = area.getText();
        if (wanted >= 0 && (text.codePointCount(0, text.length()) >= wanted || text.endsWith("|"))) {
            wanted = -1;
            answer(quoted(text));
        }
    }

    private static String quoted(String text) {
        var json = new StringBuilder("\"");
        text.chars().forEach(unit -> json.append(String.format("\\u%04x", unit)));
        return json.append('"').toString();
    }

    private void answer(String json) {
        try {
            var data = StandardCharsets.UTF_8.encode(json + "\n");
            while (data.hasRemaining()) {
                channel.write(data);
            }
        } catch (IOException problem) {
            System.exit(0);
        }
    }

    @Override
    public void insertUpdate(DocumentEvent event) {
        changed();
    }

    @Override
    public void removeUpdate(DocumentEvent event) {
        changed();
    }

    @Override
    public void changedUpdate(DocumentEvent event) {}
}
