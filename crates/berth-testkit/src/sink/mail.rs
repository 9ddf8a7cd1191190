//! A mail server that takes everything, or refuses it.

use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;

/// One letter, with its envelope.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Letter {
    pub from: String,
    pub to: Vec<String>,
    /// Head and text, lines ended by `\n`.
    pub text: String,
}

/// A mail server on loopback, without TLS.
#[derive(Debug)]
pub struct MailSink {
    address: SocketAddr,
    state: Arc<Mutex<State>>,
    _serving: JoinSet<()>,
}

#[derive(Debug, Default)]
struct State {
    letters: Vec<Letter>,
    /// How many letters are still to be refused.
    refused: u32,
}

impl MailSink {
    /// Begins to listen.
    ///
    /// # Panics
    ///
    /// When loopback has no port left.
    pub async fn start() -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a free port");
        let address = listener.local_addr().expect("it listens");
        let state = Arc::<Mutex<State>>::default();
        let mut serving = JoinSet::new();
        serving.spawn(accept(listener, Arc::clone(&state)));
        Self { address, state, _serving: serving }
    }

    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The next letters are refused.
    ///
    /// # Panics
    ///
    /// When serving somebody panicked.
    pub fn refuse(&self, letters: u32) {
        self.state.lock().expect("nobody panics here").refused = letters;
    }

    /// What arrived so far.
    ///
    /// # Panics
    ///
    /// When serving somebody panicked.
    #[must_use]
    pub fn letters(&self) -> Vec<Letter> {
        self.state.lock().expect("nobody panics here").letters.clone()
    }
}

async fn accept(listener: TcpListener, state: Arc<Mutex<State>>) {
    let mut guests = JoinSet::new();
    loop {
        let Ok((stream, _)) = listener.accept().await else { return };
        let state = Arc::clone(&state);
        guests.spawn(async move {
            let _ = serve(stream, &state).await;
        });
    }
}

async fn serve(stream: TcpStream, state: &Mutex<State>) -> io::Result<()> {
    let mut stream = BufReader::new(stream);
    stream.write_all(b"220 sink\r\n").await?;
    let mut letter = Letter::default();
    loop {
        let Some(line) = line(&mut stream).await? else { return Ok(()) };
        let address = || line.split(['<', '>']).nth(1).unwrap_or_default().to_owned();
        let upper = line.to_ascii_uppercase();
        let answer = if upper.starts_with("MAIL FROM:") {
            letter = Letter { from: address(), ..Letter::default() };
            "250 ok\r\n"
        } else if upper.starts_with("RCPT TO:") {
            letter.to.push(address());
            "250 ok\r\n"
        } else if upper == "DATA" {
            stream.write_all(b"354 go on\r\n").await?;
            letter.text = text(&mut stream).await?;
            keep(state, std::mem::take(&mut letter))
        } else if upper == "QUIT" {
            stream.write_all(b"221 bye\r\n").await?;
            return Ok(());
        } else {
            "250 sink\r\n"
        };
        stream.write_all(answer.as_bytes()).await?;
    }
}

fn keep(state: &Mutex<State>, letter: Letter) -> &'static str {
    let mut state = state.lock().expect("nobody panics here");
    if state.refused > 0 {
        state.refused -= 1;
        return "451 not now\r\n";
    }
    state.letters.push(letter);
    "250 kept\r\n"
}

async fn line(stream: &mut BufReader<TcpStream>) -> io::Result<Option<String>> {
    let mut line = String::new();
    let read = stream.read_line(&mut line).await?;
    Ok((read > 0).then(|| line.trim_end().to_owned()))
}

/// Up to the line with nothing but a dot.
async fn text(stream: &mut BufReader<TcpStream>) -> io::Result<String> {
    let mut text = String::new();
    while let Some(line) = line(stream).await? {
        if line == "." {
            return Ok(text);
        }
        text.push_str(line.strip_prefix('.').unwrap_or(&line));
        text.push('\n');
    }
    Err(io::ErrorKind::UnexpectedEof.into())
}
