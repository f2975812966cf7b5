//! What a terminal shows: the progress line while a trace goes on, and nothing of it afterwards.

use std::{
    fs::File,
    io::{BufRead, BufReader, Read},
    num::NonZeroU16,
    os::fd::OwnedFd,
    path::Path,
    process::{Child, ChildStdout, Command, Stdio},
    sync::mpsc::{Receiver, channel},
    time::{Duration, Instant},
};

use nix::{
    pty::{OpenptyResult, Winsize, openpty},
    sys::signal::{Signal, kill},
    unistd::Pid,
};

use crate::support::{COMMAND, Tree, run};

/// More than anything here fills, so that nothing scrolls away.
const ROWS: u16 = 100;

/// A command whose stderr is a terminal, and what that shows.
struct Terminal {
    written: Receiver<Vec<u8>>,
    screen: vt100::Parser,
    /// All that was ever written.
    bytes: Vec<u8>,
}

impl Terminal {
    /// Starts the command, which writes its result to a pipe.
    fn start(folder: &Path, columns: u16, arguments: &[&str]) -> (Self, Child) {
        let size = Winsize { ws_row: ROWS, ws_col: columns, ws_xpixel: 0, ws_ypixel: 0 };
        let OpenptyResult { master, slave } = openpty(&size, None).unwrap();
        let child = Command::new(COMMAND)
            .args(arguments)
            .current_dir(folder)
            .env_remove("CI")
            .env("TERM", "xterm-256color")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::from(slave))
            .spawn()
            .unwrap();
        let terminal = Self {
            written: reader(master),
            screen: vt100::Parser::new(side(ROWS), side(columns), 200),
            bytes: Vec::new(),
        };
        (terminal, child)
    }

    /// What is to be seen now.
    fn lines(&self) -> Vec<String> {
        let text = self.screen.screen().contents();
        text.lines().map(|line| line.trim_end().to_owned()).filter(|line| !line.is_empty()).collect()
    }

    /// Waits until what is to be seen is as `wanted`.
    fn wait_for(&mut self, wanted: impl Fn(&[String]) -> bool) -> Vec<String> {
        let patience = Instant::now() + Duration::from_secs(30);
        loop {
            let lines = self.lines();
            if wanted(&lines) {
                return lines;
            }
            let left = patience.saturating_duration_since(Instant::now());
            let more = self.written.recv_timeout(left).unwrap_or_else(|_| panic!("{lines:?} is all that came"));
            self.show(&more);
        }
    }

    /// Everything that is written until nobody has the terminal any more.
    fn wait_for_the_end(&mut self) {
        while let Ok(more) = self.written.recv_timeout(Duration::from_secs(30)) {
            self.show(&more);
        }
    }

    fn show(&mut self, more: &[u8]) {
        self.bytes.extend_from_slice(more);
        self.screen.process(more);
    }

    /// Nothing of a line that was redrawn is left, and what others write begins at a line's start.
    fn assert_clean(&self) {
        let screen = self.screen.screen();
        let (row, column) = screen.cursor_position();
        assert_eq!(column, 0, "{:?}", self.lines());
        let rest = screen.rows(0, 80).nth(usize::from(row)).unwrap();
        assert_eq!(rest.trim(), "", "{:?}", self.lines());
        assert!(!self.lines().iter().any(|line| is_progress(line)), "{:?}", self.lines());
        assert!(!screen.hide_cursor() && !screen.bold() && !screen.inverse());
        assert_eq!((screen.fgcolor(), screen.bgcolor()), (vt100::Color::Default, vt100::Color::Default));
    }
}

/// What is written to a terminal, as it comes. Its end is an error on Linux.
fn reader(master: OwnedFd) -> Receiver<Vec<u8>> {
    let (sender, written) = channel();
    std::thread::spawn(move || {
        let mut master = File::from(master);
        let mut buffer = [0; 4096];
        while let Ok(len @ 1..) = master.read(&mut buffer) {
            if sender.send(buffer[..len].to_vec()).is_err() {
                return;
            }
        }
    });
    written
}

fn side(cells: u16) -> NonZeroU16 {
    NonZeroU16::new(cells).unwrap()
}

fn is_progress(line: &str) -> bool {
    line.contains("/s, memory ")
}

/// More lines than a pipe holds: who writes them waits for a reader, so that the trace lasts as long as a test wants.
fn long() -> Tree {
    let tree = Tree::new("");
    for number in 0..30 {
        let names: String = (0..100).map(|other| format!("require('./g{number}-{other}');")).collect();
        tree.write(&format!("g{number}.js"), format!("{names}require('./g{}.js')", number + 1));
        for other in 0..100 {
            tree.write(&format!("g{number}-{other}.js"), "");
        }
    }
    tree.write("g30.js", "require('./gone')");
    tree
}

const TRACE: [&str; 4] = ["print", "g0.js", "--format", "ndjson"];

fn rest(stdout: Option<ChildStdout>) -> usize {
    BufReader::new(stdout.unwrap()).lines().count()
}

#[test]
fn the_line_is_there_while_the_trace_goes_on_and_gone_afterwards() {
    let tree = long();
    for columns in [80, 200] {
        let (mut terminal, mut child) = Terminal::start(&tree.root(), columns, &TRACE);
        let shown = terminal.wait_for(|lines| lines.iter().any(|line| is_progress(line)));
        assert_eq!(shown.len(), 1, "{shown:?}");
        let words: Vec<&str> = shown[0].split(' ').filter(|word| !word.is_empty()).collect();
        // A spinner, `512 of 1024 files, 800/s, memory 9 of 6000 MB`.
        let [_, done, "of", known, "files,", rate, "memory", now, "of", limit, "MB"] = words[..] else {
            panic!("{shown:?}");
        };
        let number = |text: &str| text.parse::<u64>().unwrap_or_else(|error| panic!("{error}: {shown:?}"));
        assert!(number(done) > 0 && number(done) <= number(known), "{shown:?}");
        assert!(number(now) > 0 && number(now) < number(limit), "{shown:?}");
        assert!(rate.ends_with("/s,"), "{shown:?}");
        assert!(rest(child.stdout.take()) > 3000);
        assert!(child.wait().unwrap().success());
        terminal.wait_for_the_end();
        terminal.assert_clean();
        let lines = terminal.lines();
        assert!(lines.last().unwrap().starts_with("monotrace: 3,031 files"), "{lines:?}");
        assert!(lines.iter().any(|line| line.contains("MT2001")), "{lines:?}");
    }
}

#[test]
fn a_narrow_terminal_has_one_line_too() {
    let tree = long();
    for columns in [30, 12, 3] {
        let (mut terminal, mut child) = Terminal::start(&tree.root(), columns, &TRACE);
        let shown = terminal.wait_for(|lines| !lines.is_empty());
        assert!(shown.len() == 1 && shown[0].chars().count() <= usize::from(columns), "{shown:?}");
        rest(child.stdout.take());
        assert!(child.wait().unwrap().success());
        terminal.wait_for_the_end();
        // What stands there now was written after it, from the first row on.
        assert!(terminal.lines()[0].starts_with("err"), "{:?}", terminal.lines());
    }
}

#[test]
fn a_signal_takes_the_line_away() {
    let tree = long();
    let (mut terminal, mut child) = Terminal::start(&tree.root(), 80, &TRACE);
    terminal.wait_for(|lines| lines.iter().any(|line| is_progress(line)));
    kill(Pid::from_raw(child.id() as i32), Signal::SIGINT).unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(130));
    terminal.wait_for_the_end();
    terminal.assert_clean();
    assert_eq!(terminal.lines(), ["monotrace: MT9002 ended by SIGINT; nothing was written"]);
}

#[test]
fn a_pipe_gets_nothing_of_it_nor_does_a_terminal_that_asks_for_quiet() {
    let tree = long();
    let piped = run(&tree.root(), &[&TRACE[..], &["--reporter", "text"]].concat(), &[]);
    assert_eq!(piped.status, 0);
    assert!(!piped.stderr.contains(['\r', '\u{1b}']) && !piped.stderr.contains("/s, memory"), "{}", piped.stderr);
    for quiet in [&["--quiet"][..], &["--reporter", "line"], &["--reporter", "json"]] {
        let (mut terminal, mut child) = Terminal::start(&tree.root(), 80, &[&TRACE[..], quiet].concat());
        // Longer than it takes until there would be a line.
        let mut stdout = BufReader::new(child.stdout.take().unwrap());
        stdout.read_line(&mut String::new()).unwrap();
        std::thread::sleep(Duration::from_millis(700));
        rest(Some(stdout.into_inner()));
        assert!(child.wait().unwrap().success());
        terminal.wait_for_the_end();
        let text = String::from_utf8_lossy(&terminal.bytes).into_owned();
        assert!(!text.contains("/s, memory") && !text.contains("\u{1b}[2K"), "{quiet:?}: {text}");
    }
}

#[test]
fn a_run_that_fails_leaves_a_clean_terminal() {
    let tree = long();
    let (mut terminal, mut child) = Terminal::start(&tree.root(), 80, &TRACE);
    terminal.wait_for(|lines| lines.iter().any(|line| is_progress(line)));
    // Its reader goes away while the line stands there.
    drop(child.stdout.take());
    assert_eq!(child.wait().unwrap().code(), Some(141));
    terminal.wait_for_the_end();
    terminal.assert_clean();
    assert!(terminal.lines().is_empty(), "{:?}", terminal.lines());
}
