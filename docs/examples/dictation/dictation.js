// SPDX-License-Identifier: MIT
// Dictation from GJS, as in a desktop extension: no call blocks, and partial hypotheses are not waited for.
const { Gio, GLib } = imports.gi;

const Dictation = class {
    partial(text) {
        this._call('Revise', new GLib.Variant('(s)', [text]), () => {});
    }

    final(text, done) {
        this._call('Revise', new GLib.Variant('(s)', [text]), confirmed => {
            this._call('Commit', null, () => done(confirmed));
        });
    }

    scratchThat(done) {
        this._call('Undo', null, done);
    }

    _call(member, parameters, done) {
        // The reply takes as long as the typing, so there is no time-out (G_MAXINT).
        Gio.DBus.session.call('org.typewright.Typist1', '/org/typewright/Typist1', 'org.typewright.Dictation1', member,
            parameters, null, Gio.DBusCallFlags.NONE, GLib.MAXINT32, null, (bus, result) => {
                try {
                    const [answer] = bus.call_finish(result).deepUnpack();
                    done(answer);
                } catch (error) {
                    logError(error, member);
                    done(false);
                }
            });
    }
};

// These are the calls that a recognizer makes:
const dictation = new Dictation();
const loop = new GLib.MainLoop(null, false);
dictation.partial('two words');
dictation.partial('too worse');
dictation.final('two verses', confirmed => {
    print(`final: ${confirmed}`);
    dictation.final(' and a refrain', () => {
        dictation.scratchThat(gone => {
            print(`scratched: ${gone}`);
            loop.quit();
        });
    });
});
loop.run();
