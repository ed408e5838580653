import type { ServiceCard } from '@hongyan/contract';
import { Link } from '@tanstack/react-router';
import { useTexts } from '../kit/texts.ts';
import { ServiceIcon } from './service-icon.tsx';
import { texts } from './texts.ts';
import './tiles.css';

export function ServiceTiles({ services }: { services: ServiceCard[] }) {
  return (
    <ul className="tiles">
      {services.map((service) => (
        <li key={service.key}>
          <ServiceTile service={service} />
        </li>
      ))}
    </ul>
  );
}

export function ServiceTile({ service }: { service: ServiceCard }) {
  const t = useTexts(texts);
  return (
    <Link to="/hall/s/$key" params={{ key: service.key }} className="tile">
      <ServiceIcon icon={service.icon} name={service.name} />
      <span className="tile-text">
        <span className="tile-name">{service.name}</span>
        <small>
          {service.unit.name}
          {service.online && <span className="tile-online">{t('online')}</span>}
        </small>
      </span>
    </Link>
  );
}
