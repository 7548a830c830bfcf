//! From text to [`Expression`].

use serde_json::Value;

use super::lexer::{Token, tokens};
use super::{Expression, Failure};

/// The longest expression. Source: ARM documentation, "Template limits".
const MAX_LENGTH: usize = 24_576;

/// How deep an expression may nest, which also bounds the recursion of everything that walks one.
const MAX_DEPTH: usize = 100;

/// Parses an expression without its outer brackets.
///
/// # Errors
/// [`Failure`] in Azure's words.
pub(crate) fn parse(text: &str) -> Result<Expression, Failure> {
    let length = text.chars().count() + 2;
    if length > MAX_LENGTH {
        return Err(Failure::new(format!(
            "The language expression length limit exceeded. Limit: '{MAX_LENGTH}' and actual: '{length}'."
        )));
    }
    let fail = |reason: String| {
        Failure::new(format!(
            "Unable to parse the language expression: {reason}."
        ))
    };
    let mut parser = Parser {
        tokens: tokens(text).map_err(fail)?,
        position: 0,
    };
    let expression = parser.expression(0).map_err(fail)?;
    parser.expect(&Token::End).map_err(fail)?;
    Ok(expression)
}

struct Parser {
    /// Ends with [`Token::End`], which is never consumed.
    tokens: Vec<Token>,
    position: usize,
}

impl Parser {
    fn peek(&self) -> &Token {
        &self.tokens[self.position]
    }

    fn next(&mut self) -> Token {
        let token = self.tokens[self.position].clone();
        self.position = (self.position + 1).min(self.tokens.len() - 1);
        token
    }

    fn expect(&mut self, expected: &Token) -> Result<(), String> {
        if self.peek() == expected {
            self.next();
            return Ok(());
        }
        Err(format!(
            "expected token '{expected}' and actual '{}'",
            self.peek()
        ))
    }

    fn expression(&mut self, depth: usize) -> Result<Expression, String> {
        if depth > MAX_DEPTH {
            return Err(format!("it nests deeper than {MAX_DEPTH} levels"));
        }
        let mut expression = self.primary(depth)?;
        for link in depth.. {
            let key = match self.peek() {
                Token::Dot => {
                    self.next();
                    match self.next() {
                        Token::Identifier(name) => Expression::text(name),
                        other => {
                            return Err(format!(
                                "expected token 'Identifier' and actual '{other}'"
                            ));
                        }
                    }
                }
                Token::LeftBracket => {
                    self.next();
                    let key = self.expression(depth + 1)?;
                    self.expect(&Token::RightBracket)?;
                    key
                }
                _ => break,
            };
            if link > MAX_DEPTH {
                return Err(format!("it nests deeper than {MAX_DEPTH} levels"));
            }
            expression = Expression::Member {
                base: Box::new(expression),
                key: Box::new(key),
            };
        }
        Ok(expression)
    }

    fn primary(&mut self, depth: usize) -> Result<Expression, String> {
        match self.next() {
            Token::Text(text) => Ok(Expression::Literal(Value::String(text))),
            Token::Integer(number) => Ok(Expression::Literal(number.into())),
            Token::Identifier(name) => self.call(name, depth),
            other => Err(format!(
                "expected token 'Identifier', 'String' or 'Integer' and actual '{other}'"
            )),
        }
    }

    fn call(&mut self, mut function: String, depth: usize) -> Result<Expression, String> {
        if *self.peek() == Token::Dot {
            self.next();
            match self.next() {
                Token::Identifier(member) => {
                    function.push('.');
                    function.push_str(&member);
                }
                other => return Err(format!("expected token 'Identifier' and actual '{other}'")),
            }
        }
        self.expect(&Token::LeftParenthesis)?;
        let mut arguments = Vec::new();
        if *self.peek() == Token::RightParenthesis {
            self.next();
            return Ok(Expression::Call {
                function,
                arguments,
            });
        }
        loop {
            arguments.push(self.expression(depth + 1)?);
            match self.next() {
                Token::Comma => {}
                Token::RightParenthesis => {
                    return Ok(Expression::Call {
                        function,
                        arguments,
                    });
                }
                other => {
                    return Err(format!(
                        "expected token 'RightParenthesis' and actual '{other}'"
                    ));
                }
            }
        }
    }
}
