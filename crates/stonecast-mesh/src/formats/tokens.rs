//! Words and lines of a text format, without copying the text.

use super::{DecodeError, Format, Place};

/// Walks a text by words; knows the line it stands on.
#[derive(Clone)]
pub(crate) struct Tokens<'a> {
    bytes: &'a [u8],
    at: usize,
    line: u64,
    format: Format,
    /// The byte that starts a comment running to the end of the line.
    comment: Option<u8>,
}

impl<'a> Tokens<'a> {
    pub(crate) fn new(format: Format, bytes: &'a [u8], first_line: u64, comment: Option<u8>) -> Self {
        Self {
            bytes,
            at: 0,
            line: first_line,
            format,
            comment,
        }
    }

    /// The place to name in an error.
    pub(crate) fn place(&self) -> Place {
        Place::Line(self.line)
    }

    /// How many bytes have not been read.
    pub(crate) fn remaining(&self) -> usize {
        self.bytes.len() - self.at
    }

    /// An error at the present line.
    pub(crate) fn expected(&self, what: impl Into<std::borrow::Cow<'static, str>>) -> DecodeError {
        DecodeError::malformed(self.format, self.place(), what)
    }

    fn skip_blank(&mut self) {
        while let Some(&byte) = self.bytes.get(self.at) {
            match byte {
                b'\n' => self.line += 1,
                b' ' | b'\t' | b'\r' | 0x0b | 0x0c => {}
                c if Some(c) == self.comment => {
                    while self.bytes.get(self.at + 1).is_some_and(|&b| b != b'\n') {
                        self.at += 1;
                    }
                }
                _ => return,
            }
            self.at += 1;
        }
    }

    /// The next word, across line ends; `None` at the end.
    pub(crate) fn next_word(&mut self) -> Option<&'a [u8]> {
        self.skip_blank();
        let rest = &self.bytes[self.at..];
        let length = rest
            .iter()
            .position(|b| b.is_ascii_whitespace() || *b == 0x0b)
            .unwrap_or(rest.len());
        self.at += length;
        (length > 0).then(|| &rest[..length])
    }

    /// The next word without moving on.
    pub(crate) fn peek(&self) -> Option<&'a [u8]> {
        self.clone().next_word()
    }

    /// Moves to the next word, over blank lines and comments; false at the end.
    pub(crate) fn seek_content(&mut self) -> bool {
        self.skip_blank();
        self.at < self.bytes.len()
    }

    /// What is left of the present line, without its end; moves to the next line.
    pub(crate) fn rest_of_line(&mut self) -> &'a [u8] {
        let rest = &self.bytes[self.at..];
        let length = rest.iter().position(|&b| b == b'\n').unwrap_or(rest.len());
        let ended = length < rest.len();
        self.at += length + usize::from(ended);
        self.line += u64::from(ended);
        rest[..length].trim_ascii()
    }

    /// The next word as a real number; `nan` and `inf` are numbers here.
    pub(crate) fn real(&mut self, what: &'static str) -> Result<f64, DecodeError> {
        let word = self.next_word();
        word.and_then(parse_real).ok_or_else(|| self.expected(what))
    }

    /// The next word as a whole number.
    pub(crate) fn whole(&mut self, what: &'static str) -> Result<i64, DecodeError> {
        let word = self.next_word();
        word.and_then(parse_whole).ok_or_else(|| self.expected(what))
    }
}

/// A word as a real number, with a point for the decimals in any locale.
pub(crate) fn parse_real(word: &[u8]) -> Option<f64> {
    std::str::from_utf8(word).ok()?.parse().ok()
}

/// A word as a whole number.
pub(crate) fn parse_whole(word: &[u8]) -> Option<i64> {
    std::str::from_utf8(word).ok()?.parse().ok()
}

/// The words of a line.
pub(crate) fn words(line: &[u8]) -> impl Iterator<Item = &[u8]> {
    line.split(|b| b.is_ascii_whitespace() || *b == 0x0b)
        .filter(|w| !w.is_empty())
}
