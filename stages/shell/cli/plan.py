import click
@click.command()
def plan(): 
    """x"""
