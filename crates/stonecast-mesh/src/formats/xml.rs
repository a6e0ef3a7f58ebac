//! XML without entities of its own: elements, attributes and text, with a bound on depth.

use std::borrow::Cow;

use quick_xml::events::{BytesStart, Event};
use quick_xml::{Reader, XmlVersion};

use super::{DecodeError, Format, Limits, Place};

/// What stands next in the text.
pub(crate) enum Node<'a> {
    Start(Tag<'a>),
    End,
    /// Character data, entities resolved.
    Text(Cow<'a, str>),
    Eof,
}

/// An element's start.
pub(crate) struct Tag<'a> {
    start: BytesStart<'a>,
    format: Format,
    at: u64,
}

impl Tag<'_> {
    /// The name without its namespace's prefix.
    pub(crate) fn name(&self) -> &str {
        self.start.local_name().into_inner()
    }

    /// Every attribute by its name as written, with its value.
    pub(crate) fn attributes(
        &self,
        mut take: impl FnMut(&str, &str) -> Result<(), DecodeError>,
    ) -> Result<(), DecodeError> {
        let ill_formed =
            || DecodeError::malformed(self.format, Place::Byte(self.at), "well-formed XML attributes");
        for attribute in self.start.attributes() {
            let attribute = attribute.map_err(|_| ill_formed())?;
            let value = attribute
                .normalized_value(XmlVersion::Implicit1_0)
                .map_err(|_| ill_formed())?;
            take(attribute.key.0, &value)?;
        }
        Ok(())
    }

    /// The value of one attribute.
    pub(crate) fn attribute(&self, name: &str) -> Result<Option<String>, DecodeError> {
        let mut found = None;
        self.attributes(|key, value| {
            if key == name {
                found = Some(value.to_owned());
            }
            Ok(())
        })?;
        Ok(found)
    }

    pub(crate) fn place(&self, name: &'static str) -> Place {
        Place::Element { name, byte: self.at }
    }
}

/// Walks an XML text.
pub(crate) struct Xml<'a> {
    reader: Reader<&'a [u8]>,
    format: Format,
    depth: u32,
    max_depth: u32,
    /// True where the text is known to stop before its root's end.
    partial: bool,
}

impl<'a> Xml<'a> {
    pub(crate) fn new(format: Format, bytes: &'a [u8], limits: &Limits) -> Result<Self, DecodeError> {
        if bytes.starts_with(b"\xff\xfe") || bytes.starts_with(b"\xfe\xff") {
            let remedy = "save the file as UTF-8, or export the scan as binary STL or PLY";
            return Err(DecodeError::unsupported(
                format,
                Place::Byte(0),
                "UTF-16 text",
                remedy,
            ));
        }
        let text = std::str::from_utf8(bytes).map_err(|error| {
            DecodeError::malformed(format, Place::Byte(error.valid_up_to() as u64), "UTF-8 text")
        })?;
        let mut reader = Reader::from_str(text.trim_start_matches('\u{feff}'));
        reader.config_mut().expand_empty_elements = true;
        Ok(Self {
            reader,
            format,
            depth: 0,
            max_depth: limits.max_nesting,
            partial: false,
        })
    }

    /// Takes the end of the text for the end of all elements.
    pub(crate) fn allow_early_end(&mut self) {
        self.partial = true;
    }

    pub(crate) fn byte(&self) -> u64 {
        self.reader.buffer_position()
    }

    pub(crate) fn place(&self, name: &'static str) -> Place {
        Place::Element {
            name,
            byte: self.byte(),
        }
    }

    fn ill_formed(&self) -> DecodeError {
        DecodeError::malformed(
            self.format,
            Place::Byte(self.byte()),
            "well-formed XML, closed to its end",
        )
    }

    pub(crate) fn next(&mut self) -> Result<Node<'a>, DecodeError> {
        loop {
            let at = self.byte();
            match self.reader.read_event().map_err(|_| self.ill_formed())? {
                Event::Start(start) => {
                    self.depth += 1;
                    let (declared, limit) = (u64::from(self.depth), u64::from(self.max_depth));
                    DecodeError::check_limit(
                        self.format,
                        Place::Byte(at),
                        "XML elements within one another",
                        declared,
                        limit,
                    )?;
                    return Ok(Node::Start(Tag {
                        start,
                        format: self.format,
                        at,
                    }));
                }
                Event::End(_) => {
                    self.depth -= 1;
                    return Ok(Node::End);
                }
                Event::Text(text) => return Ok(Node::Text(text.into_inner())),
                Event::CData(text) => return Ok(Node::Text(text.into_inner())),
                Event::GeneralRef(reference) => {
                    let resolved = match reference.resolve_char_ref() {
                        Ok(Some(c)) => Some(Cow::Owned(c.to_string())),
                        Ok(None) => {
                            quick_xml::escape::resolve_predefined_entity(&reference).map(Cow::Borrowed)
                        }
                        Err(_) => None,
                    };
                    return resolved.map(Node::Text).ok_or_else(|| self.ill_formed());
                }
                Event::DocType(_) => {
                    let remedy = "export the scan again without a document type, or as binary STL or PLY";
                    let what = "a document type definition, which can make a small file expand without end,";
                    return Err(DecodeError::unsupported(
                        self.format,
                        Place::Byte(at),
                        what,
                        remedy,
                    ));
                }
                Event::Eof if self.depth == 0 || self.partial => return Ok(Node::Eof),
                Event::Eof => return Err(self.ill_formed()),
                Event::Empty(_) | Event::Comment(_) | Event::Decl(_) | Event::PI(_) => {}
            }
        }
    }

    /// Steps over what is left of the element that was last started.
    pub(crate) fn skip_element(&mut self) -> Result<(), DecodeError> {
        let outside = self.depth - 1;
        while self.depth > outside {
            if matches!(self.next()?, Node::Eof) {
                return Ok(());
            }
        }
        Ok(())
    }

    /// The text of the element that was last started, to its end; elements within it are passed over.
    pub(crate) fn text(&mut self) -> Result<Cow<'a, str>, DecodeError> {
        let outside = self.depth - 1;
        let mut whole = Cow::Borrowed("");
        while self.depth > outside {
            match self.next()? {
                Node::Text(_) if self.depth > outside + 1 => {}
                Node::Text(text) if whole.is_empty() => whole = text,
                Node::Text(text) => whole.to_mut().push_str(&text),
                Node::Eof => break,
                Node::Start(_) | Node::End => {}
            }
        }
        Ok(whole)
    }
}

/// Text made safe for an attribute's value: markup escaped, characters that XML cannot hold replaced.
pub(crate) fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            c if c.is_control() || matches!(c, '\u{fffe}' | '\u{ffff}') => out.push('_'),
            c => out.push(c),
        }
    }
    out
}
