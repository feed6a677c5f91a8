"""An independent test oracle of Bonuspott: rules.md in plain integers and fractions."""
