//! Tokens of the expression language.

use std::fmt;

/// A token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Token {
    Identifier(String),
    Text(String),
    Integer(i64),
    Dot,
    Comma,
    LeftParenthesis,
    RightParenthesis,
    LeftBracket,
    RightBracket,
    End,
}

impl fmt::Display for Token {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Identifier(_) => "Identifier",
            Self::Text(_) => "String",
            Self::Integer(_) => "Integer",
            Self::Dot => "Dot",
            Self::Comma => "Comma",
            Self::LeftParenthesis => "LeftParenthesis",
            Self::RightParenthesis => "RightParenthesis",
            Self::LeftBracket => "LeftSquareBracket",
            Self::RightBracket => "RightSquareBracket",
            Self::End => "EndOfData",
        })
    }
}

/// The tokens of a text, ending with [`Token::End`].
///
/// # Errors
/// What is wrong with the text, in words.
pub(super) fn tokens(text: &str) -> Result<Vec<Token>, String> {
    let mut lexer = Lexer { rest: text };
    let mut tokens = Vec::new();
    loop {
        let token = lexer.next()?;
        let is_end = token == Token::End;
        tokens.push(token);
        if is_end {
            return Ok(tokens);
        }
    }
}

struct Lexer<'t> {
    rest: &'t str,
}

impl Lexer<'_> {
    fn next(&mut self) -> Result<Token, String> {
        self.rest = self.rest.trim_start();
        let Some(first) = self.rest.chars().next() else {
            return Ok(Token::End);
        };
        let single = match first {
            '.' => Some(Token::Dot),
            ',' => Some(Token::Comma),
            '(' => Some(Token::LeftParenthesis),
            ')' => Some(Token::RightParenthesis),
            '[' => Some(Token::LeftBracket),
            ']' => Some(Token::RightBracket),
            _ => None,
        };
        if let Some(token) = single {
            self.rest = &self.rest[1..];
            return Ok(token);
        }
        match first {
            '\'' => self.text(),
            '-' | '+' | '0'..='9' => self.integer(),
            _ if is_identifier_character(first) => Ok(Token::Identifier(self.identifier())),
            _ => Err(format!("the character '{first}' is not expected")),
        }
    }

    fn text(&mut self) -> Result<Token, String> {
        let mut text = String::new();
        let mut characters = self.rest.char_indices().skip(1).peekable();
        while let Some((offset, character)) = characters.next() {
            if character != '\'' {
                text.push(character);
            } else if characters.next_if(|(_, next)| *next == '\'').is_some() {
                text.push('\'');
            } else {
                self.rest = &self.rest[offset + 1..];
                return Ok(Token::Text(text));
            }
        }
        Err("the string is not closed".to_owned())
    }

    fn integer(&mut self) -> Result<Token, String> {
        let length = self
            .rest
            .char_indices()
            .skip(1)
            .find(|(_, character)| !character.is_ascii_digit())
            .map_or(self.rest.len(), |(offset, _)| offset);
        let (digits, rest) = self.rest.split_at(length);
        let number = digits
            .parse()
            .map_err(|_| format!("'{digits}' is not a number that fits into 64 bits"))?;
        self.rest = rest;
        Ok(Token::Integer(number))
    }

    fn identifier(&mut self) -> String {
        let length = self
            .rest
            .find(|character| !is_identifier_character(character))
            .unwrap_or(self.rest.len());
        let (name, rest) = self.rest.split_at(length);
        self.rest = rest;
        name.to_owned()
    }
}

fn is_identifier_character(character: char) -> bool {
    character.is_alphanumeric() || matches!(character, '_' | '$')
}
