//! What Python says about the generated Python.
