import click
@click.command()
def gc(): 
    """x"""
