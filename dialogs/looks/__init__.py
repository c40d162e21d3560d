"""How every web page of Zuruf looks, citizens' and staff's: tokens, typeface, a town's colour. Pure."""
